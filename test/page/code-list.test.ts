import { describe, expect, test } from 'bun:test';
import { CodeList, stateAt } from '../../src/page/model/code-list.ts';
import type { CodeState, Message, ServiceEvent } from '../../src/page/model/wire.ts';

const UNDELIVERED = { channel: 'none', delivery: 'none' } as const;
const CREATED_AT = '2026-01-01T00:00:00.000Z';
const EXPIRES_AT = '2026-01-01T00:05:00.000Z';
const NOW = Date.parse(CREATED_AT);
const ALL = { text: '', pendingOnly: false };

function message(id: string, user = 'alice', state: CodeState = 'pending'): Message {
  return {
    id,
    user,
    purpose: 'login',
    code: '042137',
    createdAt: CREATED_AT,
    expiresAt: EXPIRES_AT,
    state,
    ...UNDELIVERED,
  };
}

function requested(otp: string, user = 'alice', destination = {}): ServiceEvent {
  const { purpose, createdAt: time } = message(otp);
  const of = { otp, user, purpose, code: '042137', time, expiresAt: EXPIRES_AT };
  return { type: 'otp.requested', ...of, ...destination };
}

const states = (list: CodeList) => [...list.all()].map(({ id, state }) => `${id} ${state}`);

describe('events', () => {
  test('a code that is sent again keeps its place, and shows its last channel', () => {
    const list = new CodeList();
    list.apply(requested('c1', 'alice', { provider: 'twilio', channel: 'sms', to: '+15017122661' }));
    list.apply(requested('c2'));
    const again = requested('c1', 'alice', { provider: 'twilio', channel: 'call', to: '+15017122661' });
    list.apply({ ...again, type: 'otp.resent' } as ServiceEvent);
    expect(states(list)).toEqual(['c1 pending', 'c2 pending']);
    expect(list.get('c1')).toMatchObject({ provider: 'twilio', channel: 'call', delivery: 'none' });
    list.apply({ type: 'otp.rejected', reason: 'wrong', otp: 'c1' });
    expect(list.get('c1')).toHaveProperty('state', 'pending');
    list.apply({ type: 'otp.rejected', reason: 'locked', otp: 'c1' });
    expect(list.get('c1')).toHaveProperty('state', 'locked');
  });

  test('a text of the application is listed, and never pending or expired', () => {
    const list = new CodeList();
    const text = {
      user: '+15017122661',
      purpose: 'twilio:messages',
      code: '',
      provider: 'twilio',
      time: CREATED_AT,
    };
    list.apply({ type: 'message.sent', message: 'm1', ...text, channel: 'sms', to: '+15017122661' });
    const [code] = list.newest(50, ALL, NOW).codes;
    if (code === undefined) throw new Error('there is no text');
    expect(code).toMatchObject({ id: 'm1', state: 'sent', expiresAt: Number.POSITIVE_INFINITY });
    expect(stateAt(code, NOW + 1e12)).toBe('sent');
    expect(list.pending(NOW)).toBe(0);
  });

  test('requested codes are listed, newest first', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply(requested('c2', 'bob'));
    expect(list.newest(50, ALL, NOW)).toEqual({
      matching: 2,
      codes: [
        {
          id: 'c2',
          user: 'bob',
          purpose: 'login',
          code: '042137',
          createdAt: NOW,
          expiresAt: Date.parse(EXPIRES_AT),
          state: 'pending',
          ...UNDELIVERED,
        },
        {
          id: 'c1',
          user: 'alice',
          purpose: 'login',
          code: '042137',
          createdAt: NOW,
          expiresAt: Date.parse(EXPIRES_AT),
          state: 'pending',
          ...UNDELIVERED,
        },
      ],
    });
  });

  test('a delivered code shows its destination and the status of its delivery, even after it ends', () => {
    const list = new CodeList();
    const to = 'alice@example.com';
    list.apply(requested('c1', 'alice', { channel: 'email', to }));
    expect(list.get('c1')).toMatchObject({ channel: 'email', to, delivery: 'queued' });
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply({ type: 'otp.delivered', otp: 'c1' });
    expect(list.get('c1')).toMatchObject({ state: 'verified', delivery: 'delivered' });
  });

  test('a delivery that ends while the inbox loads takes precedence over the inbox', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply({ type: 'otp.delivery_failed', otp: 'c1' });
    list.load([{ ...message('c1'), channel: 'sms', to: '+15550100', delivery: 'queued' }]);
    expect(list.get('c1')).toMatchObject({ delivery: 'failed', state: 'pending' });
  });

  test.each(['verified', 'expired', 'replaced', 'cancelled', 'locked'] as const)(
    'an event ends a code as %s',
    (state) => {
      const list = new CodeList();
      list.apply(requested('c1'));
      list.apply({ type: `otp.${state}`, otp: 'c1', expiresAt: EXPIRES_AT });
      expect(list.get('c1')?.state).toBe(state);
    },
  );

  test('a code that a test expires early has that moment as its expiry', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply({ type: 'otp.expired', otp: 'c1', expiresAt: CREATED_AT });
    expect(list.get('c1')).toMatchObject({ state: 'expired', expiresAt: NOW });
  });

  test('a wrong guess, a guess at no code and a clock move change no code', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply({ type: 'otp.rejected' });
    list.apply({ type: 'otp.locked' });
    list.apply({ type: 'otp.expired', otp: 'unknown', expiresAt: EXPIRES_AT });
    list.apply({ type: 'mock.clock', now: EXPIRES_AT, offset: 0, frozen: false });
    expect(states(list)).toEqual(['c1 pending']);
  });

  test('a code’s end is final, and a repeated event counts once', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply({ type: 'otp.expired', otp: 'c1', expiresAt: EXPIRES_AT });
    list.apply(requested('c1'));
    expect(states(list)).toEqual(['c1 verified']);
    expect(list.total).toBe(1);
  });

  test('a reset forgets all codes, or those of one user', () => {
    const list = new CodeList();
    for (const [id, user] of [
      ['c1', 'alice'],
      ['c2', 'bob'],
    ] as const)
      list.apply(requested(id, user));
    list.apply({ type: 'mock.reset', user: 'alice' });
    expect(states(list)).toEqual(['c2 pending']);
    expect(list.total).toBe(1);
    list.apply({ type: 'mock.reset' });
    expect(states(list)).toEqual([]);
    expect(list.total).toBe(0);
  });

  test('an inbox emptied elsewhere empties the list, or one user’s part of it', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply(requested('c2', 'bob'));
    list.apply({ type: 'mock.inbox_emptied', user: 'alice' });
    expect(states(list)).toEqual(['c2 pending']);
    list.apply({ type: 'mock.inbox_emptied' });
    expect([states(list), list.total]).toEqual([[], 0]);
  });
});

describe('loading the inbox', () => {
  test('the inbox fills the list, oldest first', () => {
    const list = new CodeList();
    list.beginLoading();
    list.load([message('c2', 'bob', 'verified'), message('c1')]);
    expect(states(list)).toEqual(['c1 pending', 'c2 verified']);
    expect(list.total).toBe(2);
  });

  test('a code that arrives while the inbox loads is kept once, whether the inbox has it or not', () => {
    for (const answer of [[message('c2'), message('c1')], [message('c1')]]) {
      const list = new CodeList();
      list.beginLoading();
      list.apply(requested('c2'));
      list.load(answer);
      expect(states(list)).toEqual(['c1 pending', 'c2 pending']);
    }
  });

  test('a code that ends while the inbox loads stays ended, even if the inbox is older', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply(requested('c2'));
    list.apply({ type: 'otp.cancelled', otp: 'c2' });
    list.load([message('c2'), message('c1')]);
    expect(states(list)).toEqual(['c1 verified', 'c2 cancelled']);
  });

  test('a code that ended in the inbox has ended, even if its event has not arrived', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply(requested('c1'));
    list.load([message('c1', 'alice', 'expired')]);
    expect(states(list)).toEqual(['c1 expired']);
  });

  test('codes forgotten while the inbox loads do not come back with it', () => {
    for (const [user, left] of [
      [undefined, ['c3 pending']],
      ['alice', ['c2 pending', 'c3 pending']],
    ] as const) {
      const list = new CodeList();
      list.beginLoading();
      list.apply({ type: 'mock.reset', ...(user && { user }) });
      list.apply(requested('c3'));
      list.load([message('c2', 'bob'), message('c1')]);
      expect(states(list)).toEqual([...left]);
      expect(list.total).toBe(left.length);
    }
  });

  test('a code that is not in the inbox and did not arrive while it loaded is removed', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.beginLoading();
    list.load([]);
    expect(states(list)).toEqual([]);
    expect(list.total).toBe(0);
  });

  test('a service that has restarted makes the list forget all that the earlier run told', () => {
    const list = new CodeList();
    for (let i = 1; i <= 3; i++) list.apply(requested(`first-c${i}`));
    list.beginLoading();
    list.apply(requested('second-c1'));
    list.load([message('second-c1')]);
    expect(states(list)).toEqual(['second-c1 pending']);
    expect(list.total).toBe(1);
  });

  test('a full inbox leaves the count of those that it no longer has', () => {
    const list = new CodeList();
    for (let i = 1; i <= 1_500; i++) list.apply(requested(`c${i}`));
    list.beginLoading();
    list.load(Array.from({ length: 1_000 }, (_, i) => message(`c${1_500 - i}`)));
    expect(list.total).toBe(1_500);
  });

  test('an inbox that does not answer changes nothing', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.beginLoading();
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.load(undefined);
    expect(states(list)).toEqual(['c1 verified']);
    expect(list.total).toBe(1);
  });
});

test('the list keeps the newest 1,000 codes and counts the others', () => {
  const list = new CodeList();
  for (let i = 1; i <= 2_500; i++) list.apply(requested(`c${i}`));
  const { codes, matching } = list.newest(50, ALL, NOW);
  expect(matching).toBe(1_000);
  expect(codes.length).toBe(50);
  expect([codes[0]?.id, codes[49]?.id]).toEqual(['c2500', 'c2451']);
  expect(list.total).toBe(2_500);
});

describe('search', () => {
  const found = (list: CodeList, text: string, pendingOnly = false, now = NOW) =>
    list.newest(50, { text, pendingOnly }, now).codes.map(({ id }) => id);

  test('every word is in the user, purpose, code, channel, address or provider, in any letter case', () => {
    const list = new CodeList();
    list.apply(requested('c1', 'alice@example.com'));
    list.apply(requested('c2', 'Malik', { channel: 'sms', to: '+15550100' }));
    list.apply(requested('c3', 'bob', { code: '777123', purpose: 'Reset', provider: 'twilio' }));
    expect(found(list, 'ALI')).toEqual(['c2', 'c1']);
    expect(found(list, 'reset')).toEqual(['c3']);
    expect(found(list, '7712')).toEqual(['c3']);
    expect(found(list, 'sms')).toEqual(['c2']);
    expect(found(list, '0100')).toEqual(['c2']);
    expect(found(list, 'Twilio')).toEqual(['c3']);
    expect(found(list, ' ali  example ')).toEqual(['c1']);
    expect(found(list, 'alice reset')).toEqual([]);
    expect(found(list, '.*')).toEqual([]);
  });

  test('a search shows at most as many as asked for, and counts all', () => {
    const list = new CodeList();
    for (const id of ['c1', 'c2', 'c3']) list.apply(requested(id));
    expect(list.newest(1, { text: 'alice', pendingOnly: false }, NOW)).toMatchObject({
      matching: 3,
      codes: [{ id: 'c3' }],
    });
  });

  test('pending only leaves out what has ended, also what no event has ended yet', () => {
    const list = new CodeList();
    for (const id of ['c1', 'c2', 'c3']) list.apply(requested(id));
    list.apply({ type: 'otp.verified', otp: 'c2' });
    expect(found(list, '', true)).toEqual(['c3', 'c1']);
    expect(list.pending(NOW)).toBe(2);
    expect(found(list, '', true, Date.parse(EXPIRES_AT))).toEqual([]);
    expect(list.pending(Date.parse(EXPIRES_AT))).toBe(0);
  });

  test('a message without a code is found by its user', () => {
    const list = new CodeList();
    list.beginLoading();
    list.load([{ ...message('c1'), code: '', provider: 'vonage' }]);
    expect(found(list, 'vonage alice')).toEqual(['c1']);
  });
});

test('a pending code is shown as expired from its deadline on, before its event arrives', () => {
  const list = new CodeList();
  list.apply(requested('c1'));
  const [code] = list.all();
  if (code === undefined) throw new Error('no code');
  expect(stateAt(code, code.expiresAt - 1)).toBe('pending');
  expect(stateAt(code, code.expiresAt)).toBe('expired');
  expect(stateAt({ ...code, state: 'verified' }, code.expiresAt)).toBe('verified');
});
