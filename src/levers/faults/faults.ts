import { randomInt } from 'node:crypto';
import { matches } from '../pattern.ts';

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

/** A number from 0 up to, but not including, 1. */
export function chance(): number {
  return randomInt(FINENESS) / FINENESS;
}

/** Whether a fault is for such a call. */
export function concerns(fault: Fault, on: Operation, user: string): boolean {
  return fault.on === on && matches(fault.user ?? '*', user);
}

/** What calls ask of the faults that a test has set. */
export interface FaultLever {
  /** As they stand: without those that have struck as often as they may. */
  readonly list: readonly Fault[];
  /** The fault that this call meets, if any; it counts as having struck. A promise of it where others have to be asked. */
  strike(on: Operation, user: string): Fault | undefined | Promise<Fault | undefined>;
}

/** Faults that a test has set. The first one that matches a call counts, and those behind it do not. */
export class Faults implements FaultLever {
  /** Replaced as a whole by whoever sets it. */
  list: readonly Fault[] = [];
  readonly #chance: () => number;

  /** @param draw gives a number from 0 up to, but not including, 1 */
  constructor(draw = chance) {
    this.#chance = draw;
  }

  clear(): void {
    this.list = [];
  }

  strike(on: Operation, user: string): Fault | undefined {
    const fault = this.list.find((it) => concerns(it, on, user));
    if (fault === undefined || this.#chance() >= (fault.probability ?? 1)) return undefined;
    const { times } = fault;
    if (times !== undefined)
      this.list = this.list.flatMap((it) =>
        it !== fault ? it : times > 1 ? { ...it, times: times - 1 } : [],
      );
    return fault;
  }
}
