import { TTLCache } from '@isaacs/ttlcache';
import { LRUCache } from 'lru-cache';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { FIVE_ATTEMPTS } from '../../test/support/policies.ts';

/** Keeps codes for a while. A step that is done at once returns undefined; any other returns a promise. */
export interface Contender {
  issue(user: string, code: string): Promise<unknown> | undefined;
  /** Verifies and spends a right code. */
  verify(user: string, code: string): Promise<unknown> | undefined;
  /** Makes the deadline of every code pass. */
  endTime(): void;
  /** Resolves when every expired code is gone. */
  expire(): Promise<void>;
  readonly size: number;
}

const TTL_MS = 300_000;

interface Code {
  readonly digits: string;
  readonly expiresAt: number;
}

/** The service's own store with limits, expired in the batches of the expiry loop. */
function memoryStore(): Contender {
  const clock = new ManualClock();
  const store = new MemoryStore(clock, FIVE_ATTEMPTS, 'run');
  const pass = async () => {
    while ((await store.expire(500)).more) await turn();
  };
  return {
    issue: (user, code) => store.request({ user, purpose: 'default', code, ttlMs: TTL_MS }),
    verify: (user, code) => store.verify({ user, purpose: 'default' }, code),
    endTime: () => clock.set(clock.now() + TTL_MS + 1_000),
    async expire() {
      await pass();
      // An expired code is kept for a minute, its grace period.
      clock.set(clock.now() + 61_000);
      await pass();
    },
    get size() {
      return store.wheel.entries;
    },
  };
}

/** lru-cache with a lifetime. It drops an expired entry when asked for it, or in `purgeStale`. */
function lruCache(size: number): Contender {
  let now = 1;
  const cache = new LRUCache<string, Code>({
    max: size,
    ttl: TTL_MS,
    ttlResolution: 0,
    perf: { now: () => now },
  });
  return {
    ...onto(cache, () => now),
    endTime() {
      now += TTL_MS + 1_000;
    },
    async expire() {
      cache.purgeStale();
    },
    get size() {
      return cache.size;
    },
  };
}

/** @isaacs/ttlcache, which drops expired entries by its own timer, in real time. */
function ttlCache(): Contender {
  const cache = new TTLCache<string, Code>({ ttl: TTL_MS });
  return {
    ...onto(cache, () => performance.now()),
    endTime() {
      for (const [user, code] of [...cache.entries()]) cache.set(user, code, { ttl: 1 });
    },
    async expire() {
      while (cache.size > 0) await Bun.sleep(1);
    },
    get size() {
      return cache.size;
    },
  };
}

/** A Map, and a timer per entry. */
function mapAndTimers(): Contender {
  const codes = new Map<string, { code: Code; timer: Timer }>();
  const set = (user: string, code: Code, ttlMs = TTL_MS) => {
    clearTimeout(codes.get(user)?.timer);
    codes.set(user, { code, timer: setTimeout(() => codes.delete(user), ttlMs) });
  };
  const kept = {
    get: (user: string) => codes.get(user)?.code,
    set,
    delete(user: string) {
      clearTimeout(codes.get(user)?.timer);
      codes.delete(user);
    },
  };
  return {
    ...onto(kept, () => performance.now()),
    endTime() {
      for (const [user, { code }] of [...codes]) set(user, code, 1);
    },
    async expire() {
      while (codes.size > 0) await Bun.sleep(1);
    },
    get size() {
      return codes.size;
    },
  };
}

export const CONTENDERS = {
  'store and wheel': memoryStore,
  'lru-cache': lruCache,
  '@isaacs/ttlcache': ttlCache,
  'Map + setTimeout': mapAndTimers,
};

interface Keeper {
  get(user: string): Code | undefined;
  set(user: string, code: Code): unknown;
  delete(user: string): unknown;
}

/** The two steps, on anything that keeps values by key. */
function onto(keeper: Keeper, now: () => number): Pick<Contender, 'issue' | 'verify'> {
  return {
    issue(user, digits) {
      keeper.set(user, { digits, expiresAt: now() + TTL_MS });
      return undefined;
    },
    verify(user, digits) {
      const code = keeper.get(user);
      if (code?.digits !== digits || now() >= code.expiresAt) throw new Error('a right code is wrong');
      keeper.delete(user);
      return undefined;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
