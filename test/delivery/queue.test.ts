import { describe, expect, test } from 'bun:test';
import { DeliveryFailure, type Message } from '../../src/delivery/channel.ts';
import { channelOf } from '../support/channel.ts';
import { startQueue } from '../support/delivery.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A provider that answers when the test makes it, with `accept` or `fail`. */
function provider(clock = new ManualClock()) {
  const calls: {
    id: string;
    at: number;
    accept: () => void;
    fail: (error: unknown) => void;
    signal: AbortSignal;
  }[] = [];
  const start = clock.now();
  const channel = channelOf(({ id }, signal) => {
    const { promise, resolve: accept, reject: fail } = Promise.withResolvers<void>();
    calls.push({ id, at: clock.now() - start, accept, fail, signal });
    return promise;
  });
  return { clock, channel, calls, ids: () => calls.map(({ id }) => id) };
}

/** A provider that fails with `failure` of each attempt, counted from 1. */
function failing(failure: (attempt: number) => unknown, clock = new ManualClock()) {
  const attempts: number[] = [];
  const start = clock.now();
  const channel = channelOf(async () => {
    attempts.push(clock.now() - start);
    const error = failure(attempts.length);
    if (error !== undefined) throw error;
  });
  return { clock, channel, attempts };
}

describe('a queue', () => {
  test('sends at once, in order, at most eight messages at a time', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes } = startQueue(channel, clock);
    for (let i = 1; i <= 20; i++) add(`c${i}`);
    await clock.settle();
    expect(ids()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']);
    calls[2]?.accept();
    await clock.settle();
    expect(ids().slice(8)).toEqual(['c9']);
    expect(outcomes).toEqual({ c3: ['sent'] });
    for (let i = 0; i < 20; i++) {
      calls[i]?.accept();
      await clock.settle();
    }
    expect(ids()).toHaveLength(20);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 20 }, () => ['sent']));
  });

  test('a code that is sent again takes the place of its message that still waits, and goes out once', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    for (let i = 1; i <= 9; i++) add(`c${i}`);
    add('c9');
    await clock.settle();
    for (let i = 0; i < 9; i++) {
      calls[i]?.accept();
      await clock.settle();
    }
    expect(ids().filter((id) => id === 'c9')).toHaveLength(1);
    expect(outcomes['c9']).toEqual(['sent']);
    expect(queue.size).toBe(0);
  });

  test('a code that is sent again while its message is being sent goes out twice, with one outcome', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    add('c1');
    await clock.settle();
    expect(ids()).toEqual(['c1', 'c1']);
    calls[0]?.accept();
    await clock.settle();
    expect(outcomes).toEqual({});
    calls[1]?.accept();
    await clock.settle();
    expect(outcomes).toEqual({ c1: ['sent'] });
    expect(queue.size).toBe(0);
  });

  test('retries a temporary failure nine times, and waits longer each time', async () => {
    const { clock, channel, attempts } = failing(() => new DeliveryFailure('unreachable'));
    const { add, outcomes, queue } = startQueue(channel, clock);
    add('c1', { expiresAt: clock.now() + 3_600_000 });
    await clock.settle();
    await clock.advance(600_000);
    expect(outcomes).toEqual({ c1: ['unreachable'] });
    expect(queue.size).toBe(0);
    expect(attempts).toHaveLength(10);
    const waits = attempts.slice(1).map((at, i) => at - (attempts[i] ?? 0));
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
    const { add, outcomes } = startQueue(channel, clock);
    for (let i = 1; i <= 50; i++) add(`c${i}`);
    await clock.settle();
    await clock.advance(59_000);
    expect(outcomes).toEqual({});
    await clock.advance(35_000);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 50 }, () => ['sent']));
  });

  test('spreads the retries of messages that failed together', async () => {
    const { clock, channel, attempts } = failing((attempt) =>
      attempt <= 8 ? new DeliveryFailure('unreachable') : undefined,
    );
    const { add } = startQueue(channel, clock);
    for (let i = 1; i <= 8; i++) add(`c${i}`);
    await clock.settle();
    await clock.advance(1_000);
    expect(new Set(attempts.slice(8)).size).toBeGreaterThan(1);
  });

  test.each(['refused', 'internal'] as const)('does not retry a failure that is %s', async (reason) => {
    const { clock, channel, attempts } = failing(() => new DeliveryFailure(reason));
    const { add, outcomes } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    await clock.advance(300_000);
    expect(attempts).toHaveLength(1);
    expect(outcomes).toEqual({ c1: [reason] });
  });

  test('aborts an attempt that hangs for ten seconds, and retries', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    await clock.advance(9_999);
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false]);
    await clock.advance(1);
    expect(calls[0]?.signal.aborted).toBe(true);
    await clock.advance(1_000);
    expect(calls).toHaveLength(2);
    calls[1]?.accept();
    await clock.settle();
    expect(outcomes).toEqual({ c1: ['sent'] });
  });

  test('sends nothing for as long as the provider asks, for any message', async () => {
    const { clock, channel, attempts } = failing((attempt) =>
      attempt === 1 ? new DeliveryFailure('busy', 20_000) : undefined,
    );
    const { add, outcomes } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    add('c2');
    await clock.advance(19_999);
    expect(attempts).toEqual([0]);
    await clock.advance(1);
    expect(attempts).toEqual([0, 20_000, 20_000]);
    expect(outcomes).toEqual({ c1: ['sent'], c2: ['sent'] });
  });

  test('waits half a minute at most for other messages, and longer for the one that was refused', async () => {
    const { clock, channel, attempts } = failing((attempt) =>
      attempt === 1 ? new DeliveryFailure('busy', 3_600_000) : undefined,
    );
    const { add, outcomes } = startQueue(channel, clock);
    add('c1', { expiresAt: clock.now() + 86_400_000 });
    await clock.settle();
    add('c2');
    await clock.advance(29_999);
    expect(attempts).toEqual([0]);
    await clock.advance(1);
    expect([attempts, outcomes]).toEqual([[0, 30_000], { c2: ['sent'] }]);
    await clock.advance(3_569_999);
    expect(outcomes['c1']).toBeUndefined();
    await clock.advance(1);
    expect(outcomes['c1']).toEqual(['sent']);
  });

  test('fails all messages once the endpoint is gone, and accepts no more', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue, lines } = startQueue(channel, clock);
    for (let i = 1; i <= 10; i++) add(`c${i}`);
    await clock.settle();
    calls[0]?.fail(new DeliveryFailure('gone'));
    await clock.settle();
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 10 }, () => ['gone']));
    expect(calls).toHaveLength(8);
    expect(await queue.withRoom(async () => 'made')).toBeUndefined();
    expect(lines.join('')).toContain('"channel":"webhook"');
    await clock.advance(300_000);
    expect(calls).toHaveLength(8);
  });

  test('logs an error that is not a DeliveryFailure, and fails the message as internal', async () => {
    const { clock, channel } = failing(() => new TypeError('oops'));
    const { add, outcomes, lines } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    expect(outcomes).toEqual({ c1: ['internal'] });
    expect(lines.join('')).toContain('oops');
  });
});

describe('a message whose code has ended', () => {
  test.each(['verified', 'replaced', 'cancelled', 'expired', 'locked'] as const)(
    'is not sent: %s',
    async (end) => {
      const { clock, channel, calls, ids } = provider();
      const { add, outcomes, queue } = startQueue(channel, clock);
      for (let i = 1; i <= 9; i++) add(`c${i}`);
      await clock.settle();
      queue.drop('c9', end);
      calls[0]?.accept();
      await clock.advance(300_000);
      expect(ids()).not.toContain('c9');
      expect(outcomes['c9']).toEqual([end]);
    },
  );

  test('is not retried, though an attempt that has begun may finish', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    add('taken');
    add('failed');
    await clock.settle();
    queue.drop('taken', 'verified');
    queue.drop('failed', 'verified');
    calls[0]?.accept();
    calls[1]?.fail(new DeliveryFailure('unreachable'));
    await clock.advance(60_000);
    expect(calls).toHaveLength(2);
    expect(outcomes).toEqual({ taken: ['sent'], failed: ['verified'] });
  });

  test('is not retried when it waits for its next attempt', async () => {
    const { clock, channel, attempts } = failing(() => new DeliveryFailure('unreachable'));
    const { add, outcomes, queue } = startQueue(channel, clock);
    add('c1');
    await clock.settle();
    queue.drop('c1', 'cancelled');
    await clock.advance(60_000);
    expect(attempts).toHaveLength(1);
    expect(outcomes).toEqual({ c1: ['cancelled'] });
  });

  test('is not sent once the clock passes the deadline, even before the event', async () => {
    const { clock, channel, calls, ids } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    for (let i = 1; i <= 8; i++) add(`c${i}`);
    add('late', { expiresAt: clock.now() + 1_000 });
    await clock.settle();
    clock.set(clock.now() + 1_000);
    calls[0]?.accept();
    await clock.settle();
    expect(ids()).not.toContain('late');
    expect(outcomes['late']).toBeUndefined();
    queue.drop('late', 'expired');
    expect(outcomes['late']).toEqual(['expired']);
  });

  test('is dropped by the clock where no event comes, unless it is being sent', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    for (let i = 1; i <= 2_000; i++) add(`c${i}`, { expiresAt: clock.now() + 1_000 });
    add('longer');
    await clock.settle();
    clock.set(clock.now() + 999);
    await queue.dropExpired();
    expect(outcomes).toEqual({});
    clock.set(clock.now() + 1);
    await queue.dropExpired();
    await queue.dropExpired();
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 1_992 }, () => ['expired']));
    calls[0]?.accept();
    calls[1]?.fail(new DeliveryFailure('unreachable'));
    await clock.settle();
    expect([outcomes['c1'], outcomes['c2'], outcomes['longer']]).toEqual([['sent'], ['expired'], undefined]);
    expect(queue.size).toBe(7);
  });

  test('may be unknown to the queue: then nothing happens', () => {
    const { clock, channel } = provider();
    const { queue, outcomes } = startQueue(channel, clock);
    queue.drop('nobody', 'expired');
    expect(outcomes).toEqual({});
  });
});

describe('a full queue', () => {
  test('lets no code be made until a message has left', async () => {
    const { clock, channel, calls } = provider();
    const { add, queue } = startQueue(channel, clock);
    const issued: number[] = [];
    const ask = (i: number) =>
      queue.withRoom(async () => {
        issued.push(i);
        add(`c${i}`);
        return i;
      });
    for (let i = 1; i <= 10_000; i++) expect(await ask(i)).toBe(i);
    await clock.settle();
    expect(await ask(10_001)).toBeUndefined();
    expect(issued).toHaveLength(10_000);
    calls[0]?.accept();
    await clock.settle();
    expect(await ask(10_002)).toBe(10_002);
    expect(queue.size).toBe(10_000);
  });

  test('counts requests that the store is judging, and frees the room of those it refuses', async () => {
    const { clock, channel } = provider();
    const { queue } = startQueue(channel, clock);
    const judging = Promise.withResolvers<string>();
    const asked = Array.from({ length: 10_000 }, () => queue.withRoom(() => judging.promise));
    expect(await queue.withRoom(async () => 'one too many')).toBeUndefined();
    judging.resolve('refused');
    await Promise.all(asked);
    expect(await queue.withRoom(async () => 'made')).toBe('made');
  });

  test('frees the room of a request that failed', async () => {
    const { clock, channel } = provider();
    const { queue } = startQueue(channel, clock);
    for (let i = 0; i < 10_001; i++) {
      const failed = queue.withRoom(async () => {
        throw new Error('no store');
      });
      await expect(failed).rejects.toThrow('no store');
    }
  });
});

describe('a queue that ends', () => {
  test('drops and reports each message that is left, and aborts the attempts', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    for (let i = 0; i < 2_000; i++) add(`c${i}`);
    await clock.settle();
    expect(await queue.end('shutdown')).toBe(2_000);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 2_000 }, () => ['shutdown']));
    expect(calls.every(({ signal }) => signal.aborted)).toBe(true);
    expect(calls).toHaveLength(8);
  });

  test('has no room, and drops the message of a request that was in flight', async () => {
    const { clock, channel } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    await queue.end('shutdown');
    expect(await queue.withRoom(async () => 'made')).toBeUndefined();
    add('c1');
    expect(outcomes).toEqual({ c1: ['shutdown'] });
  });
});

describe('forgetting messages', () => {
  test('of one user, or all, sends and reports none of them', async () => {
    const { clock, channel, calls } = provider();
    const { add, outcomes, queue } = startQueue(channel, clock);
    for (let i = 0; i < 12; i++) add(`c${i}`, { user: i % 2 === 0 ? 'even' : 'odd' });
    await clock.settle();
    queue.forget('even');
    expect(queue.size).toBe(6);
    queue.forget();
    await clock.advance(60_000);
    expect(queue.size).toBe(0);
    expect(calls).toHaveLength(8);
    expect(outcomes).toEqual({});
  });
});

describe('a delivery fault', () => {
  test.each([
    [{ fail: true }, 0, 'injected_fault'],
    [{ drop: true }, 0, 'sent'],
    [{ duplicate: true }, 2, 'sent'],
    [{}, 1, 'sent'],
  ])('%j sends the message %d times, and its outcome is %s', async (fault, times, outcome) => {
    const { clock, channel, attempts } = failing(() => undefined);
    const { add, outcomes } = startQueue(channel, clock, async () => fault);
    add('c1');
    await clock.settle();
    expect(attempts).toHaveLength(times);
    expect(outcomes).toEqual({ c1: [outcome] });
  });

  test('with a delay sends the message late, and not after its code has ended', async () => {
    const { clock, channel, attempts } = failing(() => undefined);
    const { add, outcomes, queue } = startQueue(channel, clock, async () => ({ delayMs: 5_000 }));
    add('c1');
    add('c2');
    await clock.settle();
    await clock.advance(4_999);
    expect(attempts).toEqual([]);
    queue.drop('c2', 'verified');
    await clock.advance(1);
    expect(attempts).toEqual([5_000]);
    expect(outcomes).toEqual({ c1: ['sent'], c2: ['verified'] });
  });

  test('is awaited before the first attempt; if the lookup fails, there is no fault', async () => {
    const { clock, channel, attempts } = failing(() => undefined);
    const findFault = async ({ id }: Message) => {
      if (id === 'c2') throw new Error('the lookup failed');
      return { fail: true };
    };
    const { add, outcomes, queue } = startQueue(channel, clock, findFault);
    for (const id of ['c1', 'c2', 'c3']) add(id);
    queue.drop('c3', 'verified');
    await clock.settle();
    expect(attempts).toHaveLength(1);
    expect(outcomes).toEqual({ c1: ['injected_fault'], c2: ['sent'], c3: ['verified'] });
  });
});
