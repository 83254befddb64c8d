/**
 * Makes a function that runs `work` for its callers. One run at a time, and each caller gets a run that begins after
 * its call: calls made during a run share the next one.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let current = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= current
      .catch(() => {})
      .then(() => {
        next = undefined;
        current = work();
        return current;
      });
    return next;
  };
}
