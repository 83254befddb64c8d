/**
 * Runs a task 100 times and counts the objects it made that something still references afterwards. The garbage
 * collector may overlook a few; a leak keeps all of them.
 *
 * @param task resolves to the object in question
 * @returns how many of the 100 are left
 */
export async function leftBehind(task: () => Promise<object>): Promise<number> {
  const refs: WeakRef<object>[] = [];
  for (let i = 0; i < 100; i++) refs.push(new WeakRef(await task()));
  // A WeakRef holds its object until the current turn of the event loop is over.
  await new Promise((resolve) => setImmediate(resolve));
  Bun.gc(true);
  return refs.filter((ref) => ref.deref() !== undefined).length;
}
