import { describe, expect, test } from 'bun:test';
import { DeliveryFailure, type Message } from '../../src/delivery/channel.ts';
import { channelOf } from '../support/channel.ts';
import { queueRig } from '../support/delivery.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A provider that answers when the test says so, and how. */
function provider(clock = new ManualClock()) {
  const calls: {
    id: string;
    at: number;
    take: () => void;
    fail: (error: unknown) => void;
    signal: AbortSignal;
  }[] = [];
  const start = clock.now();
  const channel = channelOf(({ id }, signal) => {
    const { promise, resolve: take, reject: fail } = Promise.withResolvers<void>();
    calls.push({ id, at: clock.now() - start, take, fail, signal });
    return promise;
  });
  return { clock, channel, calls, ids: () => calls.map(({ id }) => id) };
}

/** A provider that fails as `failure` says for each try, counted from 1. */
function failing(failure: (trial: number, message: Message) => unknown, clock = new ManualClock()) {
  const tries: number[] = [];
  const start = clock.now();
  const channel = channelOf(async (message) => {
    tries.push(clock.now() - start);
    const error = failure(tries.length, message);
    if (error !== undefined) throw error;
  });
  return { clock, channel, tries };
}

describe('a queue', () => {
  test('sends at once, in order, and no more than eight at a time', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes } = queueRig(channel, clock);
    for (let i = 1; i <= 20; i++) add(`c${i}`);
    expect(ids()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']);
    calls[2]?.take();
    await clock.settle();
    expect(ids().slice(8)).toEqual(['c9']);
    expect(outcomes).toEqual({ c3: ['sent'] });
    for (let i = 0; i < 20; i++) {
      calls[i]?.take();
      await clock.settle();
    }
    expect(ids()).toHaveLength(20);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 20 }, () => ['sent']));
  });

  test('tries again later what failed in a way that passes, later each time, and not for ever', async () => {
    const { clock, channel, tries } = failing(() => new DeliveryFailure('unreachable'));
    const { add, outcomes, queue } = queueRig(channel, clock);
    add('c1', { expiresAt: clock.now() + 3_600_000 });
    await clock.settle();
    await clock.advance(600_000);
    expect(outcomes).toEqual({ c1: ['unreachable'] });
    expect(queue.size).toBe(0);
    expect(tries).toHaveLength(10);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
    for (const [i, wait] of waits.entries()) {
      const longest = Math.min(1_000 * 2 ** i, 30_000);
      expect(wait).toBeWithin(longest / 2, longest + 1);
    }
  });

  test('outlasts a provider that is down for a minute', async () => {
    const { clock, channel } = failing(() =>
      clock.now() - start < 60_000 ? new DeliveryFailure('unreachable') : undefined,
    );
    const start = clock.now();
    const { add, outcomes } = queueRig(channel, clock);
    for (let i = 1; i <= 50; i++) add(`c${i}`);
    await clock.settle();
    await clock.advance(59_000);
    expect(outcomes).toEqual({});
    await clock.advance(35_000);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 50 }, () => ['sent']));
  });

  test('does not bring all messages that failed together back together', async () => {
    const { clock, channel, tries } = failing((trial) =>
      trial <= 8 ? new DeliveryFailure('unreachable') : undefined,
    );
    const { add } = queueRig(channel, clock);
    for (let i = 1; i <= 8; i++) add(`c${i}`);
    await clock.settle();
    await clock.advance(1_000);
    expect(new Set(tries.slice(8)).size).toBeGreaterThan(1);
  });

  test.each(['refused', 'internal'] as const)('tries what was %s once', async (fault) => {
    const { clock, channel, tries } = failing(() => new DeliveryFailure(fault));
    const { add, outcomes } = queueRig(channel, clock);
    add('c1');
    await clock.advance(300_000);
    expect(tries).toHaveLength(1);
    expect(outcomes).toEqual({ c1: [fault] });
  });

  test('gives a provider that hangs ten seconds, then gives up its call and tries again', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes } = queueRig(channel, clock);
    add('c1');
    await clock.advance(9_999);
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false]);
    await clock.advance(1);
    expect(calls[0]?.signal.aborted).toBe(true);
    await clock.advance(1_000);
    expect(calls).toHaveLength(2);
    calls[1]?.take();
    await clock.settle();
    expect(outcomes).toEqual({ c1: ['sent'] });
  });

  test('leaves a provider alone for as long as it wants, with all its messages', async () => {
    const { clock, channel, tries } = failing((trial) =>
      trial === 1 ? new DeliveryFailure('busy', 20_000) : undefined,
    );
    const { add, outcomes } = queueRig(channel, clock);
    add('c1');
    await clock.settle();
    add('c2');
    await clock.advance(19_999);
    expect(tries).toEqual([0]);
    await clock.advance(1);
    expect(tries).toEqual([0, 20_000, 20_000]);
    expect(outcomes).toEqual({ c1: ['sent'], c2: ['sent'] });
  });

  test('is off for good once the endpoint is gone: what waits fails, and there is no room for more', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue, lines } = queueRig(channel, clock);
    for (let i = 1; i <= 10; i++) add(`c${i}`);
    calls[0]?.fail(new DeliveryFailure('gone'));
    await clock.settle();
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 10 }, () => ['gone']));
    expect(calls).toHaveLength(8);
    expect(await queue.withPlace(async () => 'made')).toBeUndefined();
    expect(lines.join('')).toContain('"channel":"webhook"');
    await clock.advance(300_000);
    expect(calls).toHaveLength(8);
  });

  test('reports a failure that is no DeliveryFailure as a bug', async () => {
    const { clock, channel } = failing(() => new TypeError('oops'));
    const { add, outcomes, lines } = queueRig(channel, clock);
    add('c1');
    await clock.settle();
    expect(outcomes).toEqual({ c1: ['internal'] });
    expect(lines.join('')).toContain('oops');
  });
});

describe('once a code has ended', () => {
  test.each(['verified', 'replaced', 'cancelled', 'expired', 'locked'] as const)(
    'by being %s, its message is not sent',
    async (end) => {
      const { clock, channel, calls, ids } = provider();
      const { add, outcomes, queue } = queueRig(channel, clock);
      for (let i = 1; i <= 9; i++) add(`c${i}`);
      queue.drop('c9', end);
      calls[0]?.take();
      await clock.advance(300_000);
      expect(ids()).not.toContain('c9');
      expect(outcomes['c9']).toEqual([end]);
    },
  );

  test('no try follows one that is under way, which may finish', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = queueRig(channel, clock);
    add('taken');
    add('failed');
    queue.drop('taken', 'verified');
    queue.drop('failed', 'verified');
    calls[0]?.take();
    calls[1]?.fail(new DeliveryFailure('unreachable'));
    await clock.advance(60_000);
    expect(calls).toHaveLength(2);
    expect(outcomes).toEqual({ taken: ['sent'], failed: ['verified'] });
  });

  test('nor one that waits for its next try', async () => {
    const { clock, channel, tries } = failing(() => new DeliveryFailure('unreachable'));
    const { add, outcomes, queue } = queueRig(channel, clock);
    add('c1');
    await clock.settle();
    queue.drop('c1', 'cancelled');
    await clock.advance(60_000);
    expect(tries).toHaveLength(1);
    expect(outcomes).toEqual({ c1: ['cancelled'] });
  });

  test('by the clock, its message is not sent, though nobody has announced that end yet', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes, queue } = queueRig(channel, clock);
    for (let i = 1; i <= 8; i++) add(`c${i}`);
    add('late', { expiresAt: clock.now() + 1_000 });
    clock.set(clock.now() + 1_000);
    calls[0]?.take();
    await clock.settle();
    expect(ids()).not.toContain('late');
    expect(outcomes['late']).toBeUndefined();
    queue.drop('late', 'expired');
    expect(outcomes['late']).toEqual(['expired']);
  });

  test('nothing happens for a code that has no message', () => {
    const { clock, channel } = provider();
    const { queue, outcomes } = queueRig(channel, clock);
    queue.drop('nobody', 'expired');
    expect(outcomes).toEqual({});
  });
});

describe('a full queue', () => {
  test('has no place, makes nothing, and has one again when a message has left', async () => {
    const { clock, channel, calls } = provider();
    const { add, queue } = queueRig(channel, clock);
    const made: number[] = [];
    const ask = (i: number) =>
      queue.withPlace(async () => {
        made.push(i);
        add(`c${i}`);
        return i;
      });
    for (let i = 1; i <= 10_000; i++) expect(await ask(i)).toBe(i);
    expect(await ask(10_001)).toBeUndefined();
    expect(made).toHaveLength(10_000);
    calls[0]?.take();
    await clock.settle();
    expect(await ask(10_002)).toBe(10_002);
    expect(queue.size).toBe(10_000);
  });

  test('keeps places for requests that are being judged, and gets back those of requests that were refused', async () => {
    const { clock, channel } = provider();
    const { queue } = queueRig(channel, clock);
    const judging = Promise.withResolvers<string>();
    const asked = Array.from({ length: 10_000 }, () => queue.withPlace(() => judging.promise));
    expect(await queue.withPlace(async () => 'one too many')).toBeUndefined();
    judging.resolve('refused');
    await Promise.all(asked);
    expect(await queue.withPlace(async () => 'made')).toBe('made');
  });

  test('gets the place back of a request that failed', async () => {
    const { clock, channel } = provider();
    const { queue } = queueRig(channel, clock);
    for (let i = 0; i < 10_001; i++) {
      const failed = queue.withPlace(async () => {
        throw new Error('no store');
      });
      await expect(failed).rejects.toThrow('no store');
    }
  });
});

describe('the end of a queue', () => {
  test('drops what is left, reports each, and gives up what is under way', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = queueRig(channel, clock);
    for (let i = 0; i < 2_000; i++) add(`c${i}`);
    expect(await queue.end('shutdown')).toBe(2_000);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 2_000 }, () => ['shutdown']));
    expect(calls.every(({ signal }) => signal.aborted)).toBe(true);
    expect(calls).toHaveLength(8);
  });

  test('has no room, and drops what a request that was under way had a place for', async () => {
    const { clock, channel } = provider();
    const { add, outcomes, queue } = queueRig(channel, clock);
    await queue.end('shutdown');
    expect(await queue.withPlace(async () => 'made')).toBeUndefined();
    add('c1');
    expect(outcomes).toEqual({ c1: ['shutdown'] });
  });
});

describe('forgetting', () => {
  test('everything, or all that is one user’s, sends and reports nothing more of it', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = queueRig(channel, clock);
    for (let i = 0; i < 12; i++) add(`c${i}`, { user: i % 2 === 0 ? 'even' : 'odd' });
    queue.forget('even');
    expect(queue.size).toBe(6);
    queue.forget();
    await clock.advance(60_000);
    expect(queue.size).toBe(0);
    expect(calls).toHaveLength(8);
    expect(outcomes).toEqual({});
  });
});

describe('what a test wants to go wrong with a message', () => {
  test.each([
    [{ fail: true }, 0, 'injected_fault'],
    [{ drop: true }, 0, 'sent'],
    [{ duplicate: true }, 2, 'sent'],
    [{}, 1, 'sent'],
  ])('%j: it goes out so many times: %d, and is %s', async (mishap, times, outcome) => {
    const { clock, channel, tries } = failing(() => undefined);
    const { add, outcomes } = queueRig(channel, clock, () => mishap);
    add('c1');
    await clock.settle();
    expect(tries).toHaveLength(times);
    expect(outcomes).toEqual({ c1: [outcome] });
  });

  test('a delay: it goes out late, and not once its code has ended', async () => {
    const { clock, channel, tries } = failing(() => undefined);
    const { add, outcomes, queue } = queueRig(channel, clock, () => ({ delayMs: 5_000 }));
    add('c1');
    add('c2');
    await clock.advance(4_999);
    expect(tries).toEqual([]);
    queue.drop('c2', 'verified');
    await clock.advance(1);
    expect(tries).toEqual([5_000]);
    expect(outcomes).toEqual({ c1: ['sent'], c2: ['verified'] });
  });

  test('is waited for where others have to be asked; without an answer nothing goes wrong', async () => {
    const { clock, channel, tries } = failing(() => undefined);
    const mishaps = async ({ id }: Message) => {
      if (id === 'c2') throw new Error('nobody answers');
      return { fail: true };
    };
    const { add, outcomes, queue } = queueRig(channel, clock, mishaps);
    for (const id of ['c1', 'c2', 'c3']) add(id);
    queue.drop('c3', 'verified');
    await clock.settle();
    expect(tries).toHaveLength(1);
    expect(outcomes).toEqual({ c1: ['injected_fault'], c2: ['sent'], c3: ['verified'] });
  });
});
