import { describe, expect, test } from 'bun:test';
import { Inbox } from '../../src/levers/inbox/inbox.ts';
import { leftBehind } from '../support/garbage.ts';
import { ManualClock } from '../support/manual-clock.ts';

function inboxRig() {
  const clock = new ManualClock(0);
  const inbox = new Inbox(clock);
  let number = 0;
  const about = (otp: string) => ({ id: 'e', time: clock.now(), user: '', purpose: '', otp, expiresAt: 0 });
  return {
    clock,
    inbox,
    /** Announces a code. @returns its id */
    receive: (user: string, purpose = 'default', ttlMs = 10_000) => {
      number++;
      const otp = `run-c${number}`;
      const times = { time: clock.now(), expiresAt: clock.now() + ttlMs };
      inbox.onEvent({
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
      inbox.onEvent({ type, ...about(otp) }),
    lock: (otp: string) => inbox.onEvent({ type: 'otp.locked', ...about(otp) }),
    ids: (filter = {}) => inbox.list(filter).map(({ id }) => id),
    states: () => inbox.list({}).map(({ id, state }) => `${id} ${state}`),
  };
}
const forever = new AbortController().signal;

describe('the inbox', () => {
  test('lists messages newest first, by user and purpose', () => {
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

  test('keeps the last 1,000 messages', () => {
    const { receive, ids } = inboxRig();
    for (let i = 0; i < 1_500; i++) receive('alice');
    expect([ids().length, ids()[0], ids().at(-1)]).toEqual([1_000, 'run-c1500', 'run-c501']);
  });

  test('knows each send of a code, in whatever order it learns of them', () => {
    const { inbox } = inboxRig();
    const of = {
      id: 'e',
      user: 'alice',
      purpose: 'default',
      otp: 'run-c1',
      code: '111111',
      expiresAt: 60_000,
    };
    const voice = { provider: 'twilio', channel: 'call', to: '+15017122661', text: 'Your code is {code}' };
    inbox.onEvent({ ...of, type: 'otp.resent', time: 2_000, via: voice });
    inbox.onEvent({ ...of, type: 'otp.requested', time: 1_000, via: { ...voice, channel: 'sms' } });
    const sends = [
      { time: 1_000, channel: 'sms' },
      { time: 2_000, channel: 'call' },
    ];
    expect(inbox.list({})).toMatchObject([{ createdAt: 1_000, sends, channel: 'call', to: '+15017122661' }]);
    inbox.onEvent({ ...of, type: 'otp.rejected', reason: 'locked', time: 3_000 });
    expect(inbox.get('run-c1')).toHaveProperty('state', 'locked');
    expect(inbox.get('run-c2')).toBeUndefined();
  });

  test('keeps the last 100 sends of a code, which may be sent again without end', () => {
    const { inbox } = inboxRig();
    const of = { id: 'e', user: 'a', purpose: 'p', otp: 'run-c1', code: '1234', expiresAt: 1_000_000 };
    inbox.onEvent({ type: 'otp.requested', time: 0, ...of });
    for (let time = 1; time <= 250; time++) inbox.onEvent({ type: 'otp.resent', time, ...of });
    const [message] = inbox.list({});
    expect(message?.createdAt).toBe(0);
    expect(message?.sends.map(({ time }) => time)).toEqual(Array.from({ length: 100 }, (_, i) => 151 + i));
  });

  test("keeps an application's own text, which never expires, for a test that waits", async () => {
    const { inbox, clock } = inboxRig();
    const via = { provider: 'twilio', channel: 'sms', to: '+15017122661', text: 'Your code is 4711' };
    const of = { id: 'e', time: clock.now(), user: '+15017122661', purpose: 'twilio', code: '4711', via };
    const waiting = inbox.next({ user: '+15017122661' }, undefined, forever);
    inbox.onEvent({ ...of, type: 'message.sent', message: 'run-m1' });
    await clock.advance(3_600_000);
    expect(await waiting).toMatchObject({ id: 'run-m1', code: '4711', state: 'sent', channel: 'sms' });
    expect(inbox.list({})).toMatchObject([{ state: 'sent', expiresAt: Number.POSITIVE_INFINITY }]);
  });

  test('knows what became of each code', () => {
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

  test('shows a code as expired from its deadline on, before that is announced', () => {
    const { receive, clock, states } = inboxRig();
    receive('alice', 'default', 5_000);
    clock.set(4_999);
    expect(states()).toEqual(['run-c1 pending']);
    clock.set(5_000);
    expect(states()).toEqual(['run-c1 expired']);
  });

  test('drops the messages of one user, or all, and says how many', () => {
    const { receive, ids, inbox } = inboxRig();
    for (const user of ['alice', 'bob', 'alice']) receive(user);
    expect(inbox.clear({ user: 'alice' })).toBe(2);
    expect(ids()).toEqual(['run-c2']);
    expect(inbox.clear()).toBe(1);
    expect(ids()).toEqual([]);
  });
});

describe('waiting for a message', () => {
  test('ends at once if there is a pending message for that user', async () => {
    const { receive, inbox } = inboxRig();
    receive('alice');
    const newest = receive('alice', 'login');
    receive('bob');
    expect(await inbox.next({ user: 'alice' }, undefined, forever)).toMatchObject({ id: newest });
    expect(await inbox.next({ user: 'alice', purpose: 'default' }, undefined, forever)).toMatchObject({
      id: 'run-c1',
    });
  });

  test('skips messages whose code has ended', async () => {
    const { receive, end, inbox } = inboxRig();
    end('otp.verified', receive('alice'));
    const waiting = inbox.next({ user: 'alice' }, undefined, forever);
    const next = receive('alice');
    expect(await waiting).toMatchObject({ id: next, state: 'pending' });
  });

  test('with an id ends with the first message after it, whatever its state', async () => {
    const { receive, end, inbox } = inboxRig();
    const [first, second] = [receive('alice'), receive('alice')];
    receive('alice');
    end('otp.verified', second);
    expect(await inbox.next({ user: 'alice' }, first, forever)).toMatchObject({ id: second });
    const waiting = inbox.next({ user: 'alice' }, 'run-c3', forever);
    expect(await Promise.race([waiting.then(() => 'early'), Promise.resolve('waits')])).toBe('waits');
    receive('bob');
    receive('alice');
    expect(await waiting).toMatchObject({ id: 'run-c5' });
  });

  test.each(['0', 'earlier-c99'])(
    'with %s, which is older than all messages, ends with the oldest kept',
    async (after) => {
      const { receive, inbox } = inboxRig();
      receive('alice');
      receive('alice');
      expect(await inbox.next({ user: 'alice' }, after, forever)).toMatchObject({ id: 'run-c1' });
    },
  );

  test('with an id from another series goes by the order in which the messages came', async () => {
    const { inbox, clock } = inboxRig();
    const about = {
      time: clock.now(),
      user: 'alice',
      purpose: 'default',
      code: '1111',
      expiresAt: clock.now() + 9,
    };
    for (const otp of ['here-c7', 'there-c2', 'here-c9'])
      inbox.onEvent({ type: 'otp.requested', id: `of-${otp}`, otp, ...about });
    expect(await inbox.next({ user: 'alice' }, 'here-c7', forever)).toMatchObject({ id: 'there-c2' });
    expect(await inbox.next({ user: 'alice' }, 'there-c2', forever)).toMatchObject({ id: 'here-c9' });
    const waiting = inbox.next({ user: 'alice' }, 'here-c9', forever);
    inbox.onEvent({ type: 'otp.requested', id: 'late', otp: 'here-c8', ...about });
    expect(await Promise.race([waiting.then(() => 'early'), Promise.resolve('waits')])).toBe('waits');
    inbox.onEvent({ type: 'otp.requested', id: 'next', otp: 'there-c3', ...about });
    expect(await waiting).toMatchObject({ id: 'there-c3' });
  });

  test('takes no message from another call: 100 wait, and each gets the one that comes', async () => {
    const { receive, inbox } = inboxRig();
    const waiting = Array.from({ length: 100 }, () => inbox.next({ user: 'alice' }, undefined, forever));
    const id = receive('alice');
    for (const message of await Promise.all(waiting)) expect(message).toMatchObject({ id });
  });

  test('ends without a message when the client disconnects, and leaves nothing of it behind', async () => {
    const { inbox, receive } = inboxRig();
    const left = await leftBehind(async () => {
      const leaving = new AbortController();
      const waiting = inbox.next({ user: 'alice' }, undefined, leaving.signal);
      leaving.abort();
      expect(await waiting).toBeUndefined();
      expect(await inbox.next({ user: 'alice' }, undefined, leaving.signal)).toBeUndefined();
      return leaving.signal;
    });
    expect(left).toBeLessThan(50);
    receive('alice');
  });

  test('leaves nothing behind when a message comes', async () => {
    const { inbox, receive, end } = inboxRig();
    const left = await leftBehind(async () => {
      const { signal } = new AbortController();
      const waiting = inbox.next({ user: 'alice' }, undefined, signal);
      const id = receive('alice');
      expect(await waiting).toMatchObject({ id });
      end('otp.verified', id);
      return signal;
    });
    expect(left).toBeLessThan(50);
  });
});

describe('an end that is announced before its message, as replicas may do,', () => {
  test.each(['otp.verified', 'otp.expired', 'otp.replaced', 'otp.cancelled'] as const)(
    'shows that message as ended from the start: %s',
    (type) => {
      const { inbox, receive, end, states } = inboxRig();
      end(type, 'run-c1');
      receive('alice');
      receive('alice');
      expect(states()).toEqual(['run-c2 pending', `run-c1 ${type.slice(4)}`]);
      expect(inbox.list({}, 1)).toMatchObject([{ id: 'run-c2' }]);
    },
  );

  test('ends no wait for a pending message', async () => {
    const { inbox, receive, end } = inboxRig();
    const waiting = inbox.next({ user: 'alice' }, undefined, forever);
    end('otp.replaced', 'run-c1');
    receive('alice');
    const good = receive('alice');
    expect(await waiting).toMatchObject({ id: good, state: 'pending' });
  });

  test('is remembered for 1,000 codes', () => {
    const { receive, end, states } = inboxRig();
    for (let n = 1; n <= 1_001; n++) end('otp.replaced', `run-c${n}`);
    receive('alice');
    receive('alice');
    expect(states()).toEqual(['run-c2 replaced', 'run-c1 pending']);
  });
});
