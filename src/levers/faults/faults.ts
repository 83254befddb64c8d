import { randomInt } from 'node:crypto';
import { matches } from '../pattern.ts';
import type { Setting } from '../setting.ts';

/** An operation that can be made to fail. */
export type Operation = 'request' | 'verify' | 'cancel' | 'delivery';

/** What goes wrong, for which users, and how often. Without an effect below, only the delay. */
export interface Fault {
  readonly on: Operation;
  /** A pattern; absent for all users. */
  readonly user?: string;
  /** How many more times it strikes; absent for no limit. */
  readonly times?: number;
  /** From 0 to 1; absent for always. */
  readonly probability?: number;
  /** Real time to wait first, in milliseconds. */
  readonly delayMs?: number;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** Close the connection without an answer. On a delivery: lose the message, but report it as delivered. */
  readonly drop?: boolean;
  /** Report the delivery as failed, and send nothing. */
  readonly fail?: boolean;
  /** Send the message twice. */
  readonly duplicate?: boolean;
}

/** The faults that a test has set, and how often each has struck since then. */
export interface FaultSetting extends Setting<Fault> {
  /** How often this fault of the list has struck. */
  struck(fault: Fault): number;
  /** Counts a strike of this fault. @returns false if another replica took the last one, or replaced the list */
  strike(fault: Fault): Promise<boolean>;
}

/** The faults of this process alone. */
export class LocalFaults implements FaultSetting {
  list: readonly Fault[] = [];
  #struck = new Map<Fault, number>();

  async set(list: readonly Fault[]): Promise<void> {
    this.list = list;
    this.#struck = new Map();
  }

  struck(fault: Fault): number {
    return this.#struck.get(fault) ?? 0;
  }

  async strike(fault: Fault): Promise<boolean> {
    this.#struck.set(fault, this.struck(fault) + 1);
    return true;
  }
}

const RESOLUTION = 2 ** 32;

/** Makes calls and deliveries fail. The first fault that matches decides; those after it don't count. */
export class Faults {
  readonly #setting: FaultSetting;
  readonly #draw: () => number;

  /** @param draw returns a number from 0 up to, but not including, 1 */
  constructor(
    setting: FaultSetting = new LocalFaults(),
    draw: () => number = () => randomInt(RESOLUTION) / RESOLUTION,
  ) {
    this.#setting = setting;
    this.#draw = draw;
  }

  /** The faults that can still strike, each with the `times` it has left. */
  get list(): readonly Fault[] {
    return this.#setting.list.flatMap((fault) => {
      if (fault.times === undefined) return fault;
      const times = fault.times - this.#setting.struck(fault);
      return times > 0 ? { ...fault, times } : [];
    });
  }

  /** Replaces the list. No fault of the new one has struck yet. */
  set(list: readonly Fault[]): Promise<void> {
    return this.#setting.set(list);
  }

  /** The fault that strikes this operation, if any. Its strike is counted. */
  async strike(on: Operation, user: string): Promise<Fault | undefined> {
    for (const fault of this.#setting.list) {
      const { times = Number.POSITIVE_INFINITY, probability = 1 } = fault;
      if (fault.on !== on || !matches(fault.user ?? '*', user)) continue;
      if (this.#setting.struck(fault) >= times) continue;
      if (this.#draw() >= probability) return undefined;
      if (fault.times === undefined || (await this.#setting.strike(fault))) return fault;
    }
    return undefined;
  }
}
