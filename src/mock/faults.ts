import { randomInt } from 'node:crypto';
import { matches } from './pattern.ts';

/** An operation that can be made to fail. */
export type Operation = 'request' | 'verify' | 'cancel' | 'delivery';

/** What is to go wrong, for whom, and how often. With nothing else there is the delay alone. */
export interface Fault {
  readonly on: Operation;
  /** A pattern; absent for everybody. */
  readonly user?: string;
  /** How many more times; absent for as long as it stands. */
  readonly times?: number;
  /** From 0 to 1; absent for always. */
  readonly probability?: number;
  /** Real time to wait first, in milliseconds. */
  readonly delayMs?: number;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** Break the connection off without an answer; lose a message that counts as delivered. */
  readonly drop?: boolean;
  /** Do not deliver the message, and say so. */
  readonly fail?: boolean;
  /** Deliver the message twice. */
  readonly duplicate?: boolean;
}

const FINENESS = 2 ** 32;

/** Faults that a test has set. The first one that matches a call counts, and those behind it do not. */
export class Faults {
  /** As they stand: without those that have struck as often as they may. Replaced as a whole by whoever sets it. */
  list: readonly Fault[] = [];
  readonly #chance: () => number;

  /** @param chance gives a number from 0 up to, but not including, 1 */
  constructor(chance = () => randomInt(FINENESS) / FINENESS) {
    this.#chance = chance;
  }

  clear(): void {
    this.list = [];
  }

  /** The fault that this call meets, if any; it counts as having struck. */
  strike(on: Operation, user: string): Fault | undefined {
    const fault = this.list.find((it) => it.on === on && matches(it.user ?? '*', user));
    if (fault === undefined || this.#chance() >= (fault.probability ?? 1)) return undefined;
    const { times } = fault;
    if (times !== undefined)
      this.list = this.list.flatMap((it) =>
        it !== fault ? it : times > 1 ? { ...it, times: times - 1 } : [],
      );
    return fault;
  }
}
