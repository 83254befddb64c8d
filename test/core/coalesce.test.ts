import { expect, test } from 'bun:test';
import { coalesce } from '../../src/core/coalesce.ts';

/** Work that ends when the test says so. */
function manualWork() {
  const runs: PromiseWithResolvers<number>[] = [];
  const work = () => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  };
  return { runs, work };
}

test('calls that are made during a run share the next one', async () => {
  const { runs, work } = manualWork();
  const call = coalesce(work);
  const first = call();
  await Bun.sleep(0);
  const later = [call(), call(), call()];
  runs[0]?.resolve(1);
  expect(await first).toBe(1);
  await Bun.sleep(0);
  expect(runs).toHaveLength(2);
  runs[1]?.resolve(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});

test('a run that fails fails for its own callers, and the next begins', async () => {
  const { runs, work } = manualWork();
  const call = coalesce(work);
  const first = call();
  await Bun.sleep(0);
  const second = call();
  runs[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await Bun.sleep(0);
  runs[1]?.resolve(2);
  expect(await second).toBe(2);
});

test('a run rests before the next one, also after a failure', async () => {
  const { runs, work } = manualWork();
  let wake = () => {};
  const rest = () => new Promise<void>((resolve) => (wake = resolve));
  const call = coalesce(work, rest);
  const first = call();
  await Bun.sleep(0);
  runs[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  const second = call();
  await Bun.sleep(0);
  expect(runs).toHaveLength(1);
  wake();
  await Bun.sleep(0);
  runs[1]?.resolve(2);
  expect(await second).toBe(2);
});
