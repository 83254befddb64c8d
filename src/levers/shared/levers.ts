import { randomUUID } from 'node:crypto';
import { randomCodes } from '../../core/otp-service.ts';
import { ClockLever } from '../clock/clock-lever.ts';
import { FixedCodes } from '../codes/fixed-codes.ts';
import { EventHistory } from '../events/history.ts';
import { Inbox } from '../inbox/inbox.ts';
import { KEPT_EVENTS, type LeverParts, type Levers } from '../levers.ts';
import { Reset } from '../reset/reset.ts';
import { SharedClock } from './clock.ts';
import { isTold } from './entries.ts';
import { SharedFaults } from './faults.ts';
import { Follower } from './follower.ts';
import { SharedLists } from './lists.ts';
import { Reader } from './reader.ts';
import { SharedSeededCodes } from './seeded-codes.ts';
import type { Ties } from './ties.ts';

export interface SharedLeverParts extends LeverParts {
  readonly ties: Ties;
  /** Names this replica. */
  readonly run: string;
  /** Told of whatever fails when nobody has asked for it. */
  readonly onError: (error: unknown) => void;
}

/**
 * Builds the test levers of one replica of many. What a test sets stands in Redis and holds for all of them; what it
 * reads comes from a journal that all of them write.
 */
export function createSharedLevers(parts: SharedLeverParts): Levers {
  const { config, clock, store, delivery, bus, announce, expiry, wheel, ties, run: by, onError } = parts;
  const { redis, journal } = ties;
  const inbox = new Inbox(clock);
  const history = new EventHistory(KEPT_EVENTS);
  const reader = new Reader({ inbox, history, forgetDelivery: (user) => delivery.forget(user), run: by });

  const seeded =
    config.OTP_SEED === '' ? undefined : new SharedSeededCodes(redis, config.OTP_SEED, config.OTP_LENGTH);
  const codes = new FixedCodes(seeded ?? randomCodes(config.OTP_LENGTH));
  const lists = new SharedLists(redis, (current) => {
    codes.list = current.codes;
  });
  const time = new SharedClock(redis, ties.clockKeys, clock);
  const follower = new Follower({
    clock,
    journal,
    reader,
    renew: () => Promise.all([time.renew(), lists.renew()]),
    keep: () => Promise.all([journal.keep(), time.keep(), lists.keep(), seeded?.keep()]),
    onError,
  });

  bus.subscribe((event) => {
    if (isTold(event)) journal.tell({ does: 'happen', event });
  });
  if (seeded) bus.subscribe((event) => seeded.hear(event));

  const reset = new Reset(expiry, announce);
  // The clock first, as the reset is told of at the time that it then is.
  reset.register({ all: () => time.reset() });
  reset.register({ all: () => store.forget(), ofUser: (user) => store.forget(user) });
  reset.register({ all: () => delivery.forget(), ofUser: (user) => delivery.forget(user) });
  reset.register({ all: () => lists.forget() });
  if (seeded) reset.register({ all: () => seeded.forget(), ofUser: (user) => seeded.forget(user) });
  reset.register({
    all: () => journal.tell({ does: 'forget', by }),
    ofUser: (user) => journal.tell({ does: 'forget', user, by }),
  });

  const forgetCodes = async () => {
    journal.tell({ does: 'end', by });
    await Promise.all([delivery.forget(), store.forget()]);
  };
  return {
    inbox,
    history,
    clock: new ClockLever({ clock, expiry, announce, forgetCodes, take: (move) => time.take(move) }),
    codes,
    faults: new SharedFaults(lists),
    reset,
    setCodes: (list) => lists.setCodes(list),
    setFaults: (list) => lists.setFaults(list),
    clearInbox(filter) {
      const token = randomUUID();
      return reader.dropped(token, async () => {
        journal.tell({ does: 'empty', filter, token });
        await journal.told();
        await follower.catchUp();
      });
    },
    wheel,
    replicas: {
      catchUp: () => follower.catchUp(),
      told: async () => void (await Promise.all([journal.told(), seeded?.counted()])),
      follow: (signal) => follower.run(signal),
    },
  };
}
