import { randomUUID } from 'node:crypto';
import { coalesce } from '../../core/coalesce.ts';
import type { OtpEvent } from '../../core/events.ts';
import { keyOf, StoreUnavailable } from '../../core/store.ts';
import type { Keys } from '../../redis/keys.ts';
import type { Redis } from '../../redis/redis.ts';
import type { ClockState, Move } from '../clock/movable-clock.ts';
import type { CodeCounter } from '../codes/seeded-codes.ts';
import { isPublic } from '../events/history.ts';
import type { Filter } from '../inbox/inbox.ts';
import type { List } from '../list/list.ts';
import type { LeverState, LocalParts } from '../state.ts';
import { SharedClock } from './clock.ts';
import { sharedCounter } from './counter.ts';
import { KEPT_MS, KEYS } from './keys.ts';
import { SharedList } from './list.ts';
import { SharedStream, type Told } from './stream.ts';

/** How often a replica catches up by itself, for calls that wait: every 20 ms of real time. */
const LOOK_MS = 20;

/** The same after a bug, which will probably happen again: each time is logged. */
const LOOK_AGAIN_MS = 1_000;

/** How often a replica renews how long Redis keeps things, in milliseconds of real time. */
const KEEP_MS = KEPT_MS / 24;

export interface SharedParts {
  readonly connection: Redis;
  readonly keys: Keys;
  /** Names this replica. */
  readonly run: string;
  /** Told what catching up failed with, if no call waits for it. It is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * The levers' state with a shared store. Redis has what tests set, and a stream of all that happens; each replica keeps
 * copies, and its inbox and history read the stream.
 *
 * A replica catches up before each call and flushes after it. So a call that begins after another was answered, at
 * whatever replica, sees all that the other did. Calls at the same moment take effect in either order.
 */
export class Replica implements LeverState {
  readonly #parts: SharedParts & LocalParts;
  readonly #stream: SharedStream;
  readonly #clock: SharedClock;
  readonly #lists: SharedList<unknown>[] = [];
  #counter: CodeCounter | undefined;
  /** How many messages each `empty` entry dropped, by token: only for entries that a call here waits for. */
  readonly #dropped = new Map<string, number>();
  #expiredElsewhere = 0;

  constructor(parts: SharedParts & LocalParts) {
    const { connection, keys, run, clock } = parts;
    this.#parts = parts;
    this.#stream = new SharedStream(connection, run);
    this.#clock = new SharedClock(connection, keys, clock);
  }

  /** Resolves once this replica knows all that any replica flushed before the call. Rejects with StoreUnavailable. */
  readonly catchUp = coalesce(async () => {
    await Promise.all([
      this.#stream.read(
        (entry) => this.#take(entry),
        () => this.#startAgain(),
      ),
      this.#stream.learnReset(),
      this.#clock.renew(),
      ...this.#lists.map((list) => list.renew()),
    ]);
  });

  /** Resolves once all events so far are in the stream. If it rejects, the next flush sends them again. */
  flush(): Promise<void> {
    return this.#stream.flush();
  }

  /** Catches up, and sends again what failed, until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, onError } = this.#parts;
    let keptAt = clock.monotonic();
    while (!signal.aborted) {
      try {
        await Promise.all([this.catchUp(), this.flush()]);
        if (this.#clock.mayBeBehind) await this.#clock.copy();
        if (clock.monotonic() - keptAt >= KEEP_MS) {
          await this.#keep();
          keptAt = clock.monotonic();
        }
        await clock.sleep(LOOK_MS, signal);
      } catch (error) {
        onError(error);
        await clock.sleep(error instanceof StoreUnavailable ? LOOK_MS : LOOK_AGAIN_MS, signal);
      }
    }
    await this.flush().catch(onError);
  }

  list<T>(name: string): List<T> {
    const list = new SharedList<T>(this.#parts.connection, name);
    this.#lists.push(list);
    return list;
  }

  countCodes(): CodeCounter {
    this.#counter = sharedCounter(this.#parts.connection);
    return this.#counter;
  }

  move(move: Move): Promise<ClockState | undefined> {
    return this.#clock.move(move);
  }

  onEvent(event: OtpEvent): void {
    const isCounted = event.type === 'otp.requested' && this.#counter !== undefined;
    if (isPublic(event)) this.#stream.tell(event, isCounted ? keyOf(event) : '');
  }

  async clearInbox(filter: Filter): Promise<number> {
    const token = randomUUID();
    this.#dropped.set(token, 0);
    try {
      await this.#stream.append({ does: 'empty', filter, token });
      await this.catchUp();
      return this.#dropped.get(token) ?? 0;
    } finally {
      this.#dropped.delete(token);
    }
  }

  cancelMessages(): Promise<void> {
    return this.#stream.append({ does: 'cancel' });
  }

  async forget(user?: string): Promise<void> {
    const all =
      user === undefined
        ? [this.move({ reset: true }), this.#stream.beginReset(), ...this.#lists.map((list) => list.set([]))]
        : [];
    await Promise.all([...all, this.#counter?.forget(user), this.#stream.append({ does: 'forget', user })]);
  }

  /**
   * Another replica's ticker may expire codes at the very moment of a move. It tells them at once, but not in the same
   * step. So this looks at the stream every 20 ms, until a look finds no more of them.
   *
   * A replica that stalls for longer between the two is not waited for: its events come late, and don't count. With
   * moves at the same moment at several replicas, each may count codes that another expired.
   */
  countElsewhere(): () => Promise<number> {
    const before = this.#expiredElsewhere;
    return async () => {
      await this.flush();
      let seen: number;
      do {
        seen = this.#expiredElsewhere;
        await this.#parts.clock.sleep(LOOK_MS);
        await this.catchUp();
      } while (this.#expiredElsewhere > seen);
      return this.#expiredElsewhere - before;
    };
  }

  #startAgain(): void {
    this.#parts.inbox.clear();
    // Readers of the event stream get a `missed` event.
    this.#parts.history.skip(1);
  }

  #take(entry: Told): void {
    const { inbox, history, delivery, run } = this.#parts;
    const isOurs = entry.by === run;
    switch (entry.does) {
      case 'happen':
        inbox.onEvent(entry.event);
        history.onEvent(entry.event);
        if (entry.event.type === 'otp.expired' && !isOurs) this.#expiredElsewhere++;
        return;
      case 'empty': {
        const dropped = inbox.clear(entry.filter);
        if (this.#dropped.has(entry.token)) this.#dropped.set(entry.token, dropped);
        return;
      }
      case 'cancel':
        inbox.cancelAll();
        // Ours were given up at the call. Newer ones may be on their way since.
        if (!isOurs) delivery.forget();
        return;
      case 'forget':
        inbox.clear({ user: entry.user });
        if (entry.user === undefined) history.forget();
        if (!isOurs) delivery.forget(entry.user);
    }
  }

  async #keep(): Promise<void> {
    const keys = [...Object.values(KEYS), ...this.#lists.map(({ key }) => key)];
    const kept = keys.map((key) => this.#parts.connection.send('PEXPIRE', [key, `${KEPT_MS}`]));
    await Promise.all([...kept, this.#clock.copy()]);
  }
}
