import { describe, expect, test } from 'bun:test';
import { Outstanding } from '../../../src/levers/shared/outstanding.ts';

describe('calls that are outstanding', () => {
  test('are waited for until all are answered', async () => {
    const outstanding = new Outstanding();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    for (const { promise } of [first, second]) outstanding.add(promise);
    let answered = false;
    const waiting = outstanding.answered().then(() => {
      answered = true;
    });
    first.resolve();
    await Bun.sleep(0);
    expect(answered).toBe(false);
    second.resolve();
    await waiting;
  });

  test('fail whoever waits for them, and nobody who comes later', async () => {
    const outstanding = new Outstanding();
    const { promise, reject } = Promise.withResolvers<void>();
    const added = outstanding.add(promise);
    const waiting = outstanding.answered();
    reject(new Error('away'));
    await expect(waiting).rejects.toThrow('away');
    await added;
    await outstanding.answered();
  });

  test('leave behind that one failed, each time as another failure', async () => {
    const outstanding = new Outstanding();
    expect(outstanding.failure).toBeUndefined();
    const error = new Error('away');
    await outstanding.add(Promise.reject(error));
    const { failure } = outstanding;
    expect(failure).toEqual({ error });
    await outstanding.add(Promise.reject(error));
    expect(outstanding.failure).not.toBe(failure);
  });
});
