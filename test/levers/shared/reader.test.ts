import { describe, expect, test } from 'bun:test';
import { EventHistory } from '../../../src/levers/events/history.ts';
import { Inbox } from '../../../src/levers/inbox/inbox.ts';
import type { Entry } from '../../../src/levers/shared/entries.ts';
import { Reader } from '../../../src/levers/shared/reader.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function readerRig() {
  const clock = new ManualClock(0);
  const inbox = new Inbox(clock);
  const history = new EventHistory(10);
  const forgotten: (string | undefined)[] = [];
  const forgetDelivery = async (user?: string) => void forgotten.push(user);
  const reader = new Reader({ inbox, history, forgetDelivery, run: 'here' });
  let number = 0;
  const read = (entry: Entry) => reader.read(++number, entry);
  const about = (otp: string, user: string) => ({
    id: `e${number + 1}`,
    time: 0,
    user,
    purpose: 'default',
    otp,
    expiresAt: 1_000,
  });
  return {
    reader,
    history,
    forgotten,
    read,
    request: (otp: string, user = 'alice') =>
      read({ does: 'happen', event: { type: 'otp.requested', code: '1111', ...about(otp, user) } }),
    end: (type: 'otp.verified' | 'otp.replaced' | 'otp.locked' | 'otp.cancelled', otp: string) =>
      read({ does: 'happen', event: { type, ...about(otp, 'alice') } }),
    deliver: (otp: string) =>
      read({ does: 'happen', event: { type: 'otp.delivered', channel: 'sms', ...about(otp, 'alice') } }),
    lose: (entries: number) => {
      number += entries;
    },
    restart: () => {
      number = 0;
    },
    states: () => inbox.list({}).map(({ id, state }) => `${id} ${state}`),
    told: () => history.read(0, 100),
  };
}

describe('what is read in the journal', () => {
  test('is in the inbox and in the history', () => {
    const { request, end, states, told } = readerRig();
    request('c1');
    end('otp.verified', 'c1');
    request('c2');
    expect(states()).toEqual(['c2 pending', 'c1 verified']);
    expect(told().events.map(({ type }) => type)).toEqual(['otp.requested', 'otp.verified', 'otp.requested']);
  });

  test.each(['otp.verified', 'otp.replaced', 'otp.locked', 'otp.cancelled'] as const)(
    'may tell of %s before it tells of the code: that is no good for it all the same',
    (type) => {
      const { request, end, deliver, states } = readerRig();
      end(type, 'c1');
      deliver('c1');
      request('c2');
      request('c1');
      expect(states()).toEqual([`c1 ${type.slice(4)}`, 'c2 pending']);
    },
  );

  test('empties the inbox, of one user or of all, and tells how many that were', async () => {
    const { reader, request, read, states } = readerRig();
    for (const [i, user] of ['alice', 'bob', 'alice'].entries()) request(`c${i}`, user);
    const empty = (filter: { user?: string }, token: string) =>
      reader.dropped(token, async () => read({ does: 'empty', filter, token }));
    expect(await empty({ user: 'alice' }, 'one')).toBe(2);
    expect(states()).toEqual(['c1 pending']);
    read({ does: 'empty', filter: {}, token: 'of another replica' });
    expect(await empty({}, 'two')).toBe(0);
  });

  test('forgets messages, events and what is on its way, of one user or of all', () => {
    const { request, read, states, told, forgotten } = readerRig();
    request('c1', 'alice');
    request('c2', 'bob');
    read({ does: 'forget', user: 'alice', by: 'there' });
    expect([states(), told().events.length]).toEqual([['c2 pending'], 2]);
    read({ does: 'forget', by: 'there' });
    expect([states(), told().events.length]).toEqual([[], 0]);
    expect(forgotten).toEqual(['alice', undefined]);
  });

  test('says that all codes have ended, where service time was set back', () => {
    const { request, end, read, states, forgotten } = readerRig();
    request('c1');
    end('otp.verified', 'c1');
    request('c2');
    read({ does: 'end', by: 'there' });
    expect(states()).toEqual(['c2 cancelled', 'c1 verified']);
    expect(forgotten).toEqual([undefined]);
  });

  test('by this replica itself is not forgotten again: more may be on its way since', () => {
    const { read, forgotten } = readerRig();
    read({ does: 'forget', by: 'here' });
    read({ does: 'end', by: 'here' });
    expect(forgotten).toEqual([]);
  });

  test('begins anew where Redis has lost the journal: what was before is gone, as for a replica that joins', async () => {
    const { reader, request, states, told, restart, history } = readerRig();
    request('c1');
    const waiting = history.grown(history.end, new AbortController().signal);
    reader.lose();
    await waiting;
    expect([states(), told()]).toEqual([[], { missed: 2, events: [], next: 2 }]);
    request('c2');
    request('c3');
    restart();
    request('c4');
    expect([states(), told().events.map(({ id }) => id)]).toEqual([['c4 pending'], ['e1']]);
  });

  test('may leave entries out that the journal has dropped: readers of events are told so', () => {
    const { request, lose, told } = readerRig();
    request('c1');
    lose(5);
    request('c2');
    expect(told()).toMatchObject({ missed: 6, events: [{ otp: 'c2' }], next: 7 });
  });
});
