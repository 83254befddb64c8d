import { describe, expect, test } from 'bun:test';
import { Inbox } from '../../src/levers/inbox/inbox.ts';
import { ManualClock } from '../support/manual-clock.ts';

function inboxRig() {
  const clock = new ManualClock(0);
  const inbox = new Inbox(clock);
  let number = 0;
  const about = (otp: string) => ({ id: 'e', time: clock.now(), user: '', purpose: '', otp, expiresAt: 0 });
  return {
    clock,
    inbox,
    /** Has a code come; resolves to its id. */
    receive: (user: string, purpose = 'default', ttlMs = 10_000) => {
      number++;
      const otp = `run-c${number}`;
      const times = { time: clock.now(), expiresAt: clock.now() + ttlMs };
      inbox.hear({
        type: 'otp.requested',
        id: 'e',
        user,
        purpose,
        otp,
        code: `${100_000 + number}`,
        ...times,
      });
      return otp;
    },
    end: (type: 'otp.verified' | 'otp.expired' | 'otp.replaced' | 'otp.cancelled', otp: string) =>
      inbox.hear({ type, ...about(otp) }),
    lock: (otp: string) => inbox.hear({ type: 'otp.locked', ...about(otp) }),
    ids: (filter = {}) => inbox.list(filter).map(({ id }) => id),
    states: () => inbox.list({}).map(({ id, state }) => `${id} ${state}`),
  };
}
const forever = new AbortController().signal;

describe('the inbox', () => {
  test('lists messages newest first, of whom and what for they are wanted', () => {
    const { receive, ids, inbox } = inboxRig();
    receive('alice');
    receive('bob');
    receive('alice', 'login');
    expect(ids()).toEqual(['run-c3', 'run-c2', 'run-c1']);
    expect(ids({ user: 'alice' })).toEqual(['run-c3', 'run-c1']);
    expect(ids({ purpose: 'login' })).toEqual(['run-c3']);
    expect(ids({ user: 'nobody' })).toEqual([]);
    expect(inbox.list({}, 2).map(({ id }) => id)).toEqual(['run-c3', 'run-c2']);
  });

  test('keeps the last 1,000', () => {
    const { receive, ids } = inboxRig();
    for (let i = 0; i < 1_500; i++) receive('alice');
    expect([ids().length, ids()[0], ids().at(-1)]).toEqual([1_000, 'run-c1500', 'run-c501']);
  });

  test('knows what has become of each code', () => {
    const { receive, end, lock, states } = inboxRig();
    for (const type of ['otp.verified', 'otp.expired', 'otp.replaced', 'otp.cancelled'] as const)
      end(type, receive('alice'));
    lock(receive('alice'));
    receive('alice');
    expect(states()).toEqual([
      'run-c6 pending',
      'run-c5 locked',
      'run-c4 cancelled',
      'run-c3 replaced',
      'run-c2 expired',
      'run-c1 verified',
    ]);
  });

  test('goes by the clock for a code whose end was not announced yet', () => {
    const { receive, clock, states } = inboxRig();
    receive('alice', 'default', 5_000);
    clock.set(4_999);
    expect(states()).toEqual(['run-c1 pending']);
    clock.set(5_000);
    expect(states()).toEqual(['run-c1 expired']);
  });

  test('drops one user’s messages, or all, and says how many', () => {
    const { receive, ids, inbox } = inboxRig();
    for (const user of ['alice', 'bob', 'alice']) receive(user);
    expect(inbox.clear({ user: 'alice' })).toBe(2);
    expect(ids()).toEqual(['run-c2']);
    expect(inbox.clear()).toBe(1);
    expect(ids()).toEqual([]);
  });
});

describe('waiting for a message', () => {
  test('ends at once if the newest one for that user is good', async () => {
    const { receive, inbox } = inboxRig();
    receive('alice');
    const newest = receive('alice', 'login');
    receive('bob');
    expect(await inbox.next({ user: 'alice' }, undefined, forever)).toMatchObject({ id: newest });
    expect(await inbox.next({ user: 'alice', purpose: 'default' }, undefined, forever)).toMatchObject({
      id: 'run-c1',
    });
  });

  test('passes over codes that are no good any more', async () => {
    const { receive, end, inbox } = inboxRig();
    end('otp.verified', receive('alice'));
    const waiting = inbox.next({ user: 'alice' }, undefined, forever);
    const next = receive('alice');
    expect(await waiting).toMatchObject({ id: next, state: 'pending' });
  });

  test('with an id gives the first one after it, good or not, and none before', async () => {
    const { receive, end, inbox } = inboxRig();
    const [first, second] = [receive('alice'), receive('alice')];
    receive('alice');
    end('otp.verified', second);
    expect(await inbox.next({ user: 'alice' }, first, forever)).toMatchObject({ id: second });
    const waiting = inbox.next({ user: 'alice' }, 'run-c3', forever);
    expect(inbox.waiting).toBe(1);
    expect(await Promise.race([waiting.then(() => 'early'), Promise.resolve('waits')])).toBe('waits');
    receive('bob');
    receive('alice');
    expect(await waiting).toMatchObject({ id: 'run-c5' });
  });

  test.each(['0', 'earlier-c99'])(
    'with %s, which is older than all, gives the oldest kept',
    async (after) => {
      const { receive, inbox } = inboxRig();
      receive('alice');
      receive('alice');
      expect(await inbox.next({ user: 'alice' }, after, forever)).toMatchObject({ id: 'run-c1' });
    },
  );

  test('with an id that was counted elsewhere goes by the order in which the codes came', async () => {
    const { inbox, clock } = inboxRig();
    const about = {
      time: clock.now(),
      user: 'alice',
      purpose: 'default',
      code: '1111',
      expiresAt: clock.now() + 9,
    };
    for (const otp of ['here-c7', 'there-c2', 'here-c9'])
      inbox.hear({ type: 'otp.requested', id: `of-${otp}`, otp, ...about });
    expect(await inbox.next({ user: 'alice' }, 'here-c7', forever)).toMatchObject({ id: 'there-c2' });
    expect(await inbox.next({ user: 'alice' }, 'there-c2', forever)).toMatchObject({ id: 'here-c9' });
    const waiting = inbox.next({ user: 'alice' }, 'here-c9', forever);
    inbox.hear({ type: 'otp.requested', id: 'late', otp: 'here-c8', ...about });
    expect(inbox.waiting).toBe(1);
    inbox.hear({ type: 'otp.requested', id: 'next', otp: 'there-c3', ...about });
    expect(await waiting).toMatchObject({ id: 'there-c3' });
  });

  test('takes no message from another: 100 wait, and each gets the one that comes', async () => {
    const { receive, inbox } = inboxRig();
    const waiting = Array.from({ length: 100 }, () => inbox.next({ user: 'alice' }, undefined, forever));
    expect(inbox.waiting).toBe(100);
    const id = receive('alice');
    for (const message of await Promise.all(waiting)) expect(message).toMatchObject({ id });
    expect(inbox.waiting).toBe(0);
  });

  test('is given up, and forgotten, when its caller goes', async () => {
    const { inbox, receive } = inboxRig();
    const leaving = new AbortController();
    const waiting = inbox.next({ user: 'alice' }, undefined, leaving.signal);
    expect(inbox.waiting).toBe(1);
    leaving.abort();
    expect(await waiting).toBeUndefined();
    expect(inbox.waiting).toBe(0);
    receive('alice', 'default', 0);
    expect(await inbox.next({ user: 'alice' }, undefined, leaving.signal)).toBeUndefined();
  });
});
