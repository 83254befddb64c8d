import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { FixedCode } from '../codes/fixed-codes.ts';
import type { Fault, FaultSetting } from '../faults/faults.ts';
import type { Setting } from '../setting.ts';
import { KEPT_MS, KEYS } from './keys.ts';
import strike from './lua/strike.lua' with { type: 'text' };

const STRIKE = new Script(strike);

/** What tests set for all replicas. */
export interface SharedSettings {
  readonly codes: Setting<FixedCode>;
  readonly faults: FaultSetting;
  /** The name of the last reset; empty if there was none. */
  readonly reset: string;
  /** Brings the copy here up to date. */
  renew(): Promise<void>;
  /** Begins a reset. From the call on, `reset` is its name here. */
  beginReset(): Promise<void>;
}

/** Opens the settings in Redis. They are read from a copy here, which `renew` brings up to date. */
export function sharedSettings(redis: RedisConnection): SharedSettings {
  let known = { codes: '', faults: '', struck: '', reset: '' };
  let codes: readonly FixedCode[] = [];
  let faults: readonly Fault[] = [];
  let struck: Readonly<Record<string, number>> = {};

  async function write(fields: Partial<typeof known>): Promise<void> {
    const changed = redis.send('HSET', [KEYS.settings, ...Object.entries(fields).flat()]);
    await Promise.all([changed, redis.send('PEXPIRE', [KEYS.settings, `${KEPT_MS}`])]);
  }

  return {
    codes: {
      get list() {
        return codes;
      },
      set: (list) => write({ codes: JSON.stringify(list) }),
    },
    faults: {
      get list() {
        return faults;
      },
      set: (list) => write({ faults: JSON.stringify(list), struck: '{}' }),
      struck: (fault) => struck[faults.indexOf(fault)] ?? 0,
      async strike(fault) {
        const place = faults.indexOf(fault);
        if (place < 0) return false;
        const args = [known.faults, `${place}`, `${fault.times}`];
        return (await redis.run(STRIKE, [KEYS.settings], args)) === 1;
      },
    },
    get reset() {
      return known.reset;
    },
    async renew() {
      const askedAfter = known.reset;
      const values = listOf(await redis.send('HMGET', [KEYS.settings, ...Object.keys(known)]));
      // A reset began here in the meantime: these values are older.
      if (known.reset !== askedAfter) return;
      const [newCodes = '', newFaults = '', newStruck = '', reset = ''] = values.map((it) => `${it ?? ''}`);
      if (newCodes !== known.codes) codes = JSON.parse(newCodes || '[]');
      if (newFaults !== known.faults) faults = JSON.parse(newFaults || '[]');
      if (newStruck !== known.struck) struck = JSON.parse(newStruck || '{}');
      known = { codes: newCodes, faults: newFaults, struck: newStruck, reset };
    },
    beginReset() {
      known = { ...known, reset: randomUUID() };
      return write({ reset: known.reset });
    },
  };
}
