import type { Clock } from './core/clock.ts';
import { MemoryStore } from './core/memory-store.ts';
import type { CoreSettings } from './core/settings.ts';
import type { Policy, Store } from './core/store.ts';
import type { WheelView } from './core/wheel.ts';
import type { Log } from './log/log.ts';
import { type OpenedRedisStore, openRedisStore } from './redis/open-redis-store.ts';
import type { RedisSettings } from './redis/settings.ts';

/** A store, with its wheel if it is in this process, or its Redis if replicas share it. */
export type OpenedStore =
  | { readonly store: Store; readonly wheel: () => WheelView; readonly redis?: never }
  | (OpenedRedisStore & { readonly wheel?: never });

export interface StoreParts {
  readonly config: Pick<CoreSettings, 'OTP_MODE'> & RedisSettings;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this run of the service. */
  readonly run: string;
}

/** Makes the store that `OTP_STORE` names. */
export function openStore(parts: StoreParts): OpenedStore {
  if (parts.config.OTP_STORE !== 'memory') return openRedisStore(parts);
  const memory = new MemoryStore(parts.clock, parts.policy, parts.run);
  return { store: memory, wheel: () => memory.wheel };
}
