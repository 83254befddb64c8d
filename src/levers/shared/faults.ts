import { chance, concerns, type Fault, type FaultLever, type Operation } from '../faults/faults.ts';
import type { SharedLists } from './lists.ts';

/** Faults for all replicas: a number of times is a number over all of them. */
export class SharedFaults implements FaultLever {
  readonly #lists: SharedLists;

  constructor(lists: SharedLists) {
    this.#lists = lists;
  }

  get list(): readonly Fault[] {
    const { faults, struck } = this.#lists.current;
    return faults.flatMap((fault, place) => {
      if (fault.times === undefined) return fault;
      const times = fault.times - (struck.get(`${place}`) ?? 0);
      return times > 0 ? { ...fault, times } : [];
    });
  }

  strike(on: Operation, user: string): Fault | undefined | Promise<Fault | undefined> {
    const fault = this.list.find((it) => concerns(it, on, user));
    if (fault?.times !== undefined) return this.#claim(on, user);
    return fault !== undefined && strikes(fault) ? fault : undefined;
  }

  /** Goes down the list as it stands in Redis: others may use faults up, or set them anew, at the same time. */
  async #claim(on: Operation, user: string): Promise<Fault | undefined> {
    for (const [place, fault] of this.#lists.current.faults.entries()) {
      if (!concerns(fault, on, user)) continue;
      const hits = strikes(fault);
      if (fault.times === undefined) return hits ? fault : undefined;
      const state = await this.#lists.strike(place, fault.times, hits);
      if (state === 'there') return hits ? fault : undefined;
      if (state === 'changed') {
        await this.#lists.renew();
        return this.strike(on, user);
      }
    }
    return undefined;
  }
}

function strikes({ probability = 1 }: Fault): boolean {
  return chance() < probability;
}
