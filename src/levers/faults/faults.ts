import { randomInt } from 'node:crypto';
import { type List, matches } from '../list/list.ts';
import type { Fault, Operation } from './fault.ts';

const RESOLUTION = 2 ** 32;

/** Makes calls and deliveries fail. The first fault that matches decides; those after it don't count. */
export class Faults {
  readonly #list: List<Fault>;
  readonly #draw: () => number;

  /** @param draw returns a number from 0 up to, but not including, 1 */
  constructor(list: List<Fault>, draw: () => number = () => randomInt(RESOLUTION) / RESOLUTION) {
    this.#list = list;
    this.#draw = draw;
  }

  /** Whether nothing can strike; cheaper than `entries`. */
  get isEmpty(): boolean {
    return this.#list.entries.length === 0;
  }

  /** The faults that can still strike, each with the `times` it has left. */
  get entries(): readonly Fault[] {
    return this.#list.entries.flatMap((fault) => {
      if (fault.times === undefined) return fault;
      const times = fault.times - this.#list.usesOf(fault);
      return times > 0 ? { ...fault, times } : [];
    });
  }

  /** Replaces the list. No fault of the new one has struck yet. */
  set(faults: readonly Fault[]): Promise<void> {
    return this.#list.set(faults);
  }

  /** The fault that strikes this operation, if any. Its strike is counted. @param provider whose API was called, if any */
  async strike(on: Operation, user: string, provider?: string): Promise<Fault | undefined> {
    for (const fault of this.#list.entries) {
      const { times = Number.POSITIVE_INFINITY, probability = 1 } = fault;
      if (fault.on !== on || !matches(fault.user ?? '*', user)) continue;
      if (fault.provider !== undefined && fault.provider !== provider) continue;
      if (this.#list.usesOf(fault) >= times) continue;
      if (this.#draw() >= probability) return undefined;
      if (fault.times === undefined || (await this.#list.use(fault, fault.times))) return fault;
    }
    return undefined;
  }
}
