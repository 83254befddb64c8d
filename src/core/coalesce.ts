/**
 * Makes a function that runs `work` for its callers. One run at a time, and each caller gets a run that begins after
 * its call: calls made during a run share the next one.
 *
 * @param rest waited for between two runs; must not reject
 */
export function coalesce<T>(work: () => Promise<T>, rest = async () => {}): () => Promise<T> {
  let idle = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= idle.then(() => {
      next = undefined;
      const run = work();
      idle = run.then(rest, rest);
      return run;
    });
    return next;
  };
}
