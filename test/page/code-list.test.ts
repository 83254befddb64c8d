import { describe, expect, test } from 'bun:test';
import { CodeList, stateAt } from '../../src/page/model/code-list.ts';
import type { CodeState, Message, ServiceEvent } from '../../src/page/model/wire.ts';

const UNDELIVERED = { channel: 'none', delivery: 'none' } as const;
const EXPIRES_AT = '2026-01-01T00:05:00.000Z';

function message(id: string, user = 'alice', state: CodeState = 'pending'): Message {
  return { id, user, purpose: 'login', code: '042137', expiresAt: EXPIRES_AT, state, ...UNDELIVERED };
}

function requested(otp: string, user = 'alice', destination = {}): ServiceEvent {
  const { purpose, code, expiresAt } = message(otp);
  return { type: 'otp.requested', otp, user, purpose, code, expiresAt, ...destination };
}

const states = (list: CodeList) => [...list.all()].map(({ id, state }) => `${id} ${state}`);

describe('events', () => {
  test('a requested code is listed, the newest first', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply(requested('c2', 'bob'));
    expect(list.newest(50)).toEqual({
      matching: 2,
      codes: [
        {
          id: 'c2',
          user: 'bob',
          purpose: 'login',
          code: '042137',
          expiresAt: Date.parse(EXPIRES_AT),
          state: 'pending',
          ...UNDELIVERED,
        },
        {
          id: 'c1',
          user: 'alice',
          purpose: 'login',
          code: '042137',
          expiresAt: Date.parse(EXPIRES_AT),
          state: 'pending',
          ...UNDELIVERED,
        },
      ],
    });
  });

  test('a code that goes out says where to, and what came of it, also after its end', () => {
    const list = new CodeList();
    const to = 'alice@example.com';
    list.apply(requested('c1', 'alice', { channel: 'email', to }));
    expect(list.get('c1')).toMatchObject({ channel: 'email', to, delivery: 'queued' });
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply({ type: 'otp.delivered', otp: 'c1' });
    expect(list.get('c1')).toMatchObject({ state: 'verified', delivery: 'delivered' });
  });

  test('a delivery that ends while the inbox is asked for counts more than its answer', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply({ type: 'otp.delivery_failed', otp: 'c1' });
    list.load([{ ...message('c1'), channel: 'sms', to: '+15550100', delivery: 'queued' }]);
    expect(list.get('c1')).toMatchObject({ delivery: 'failed', state: 'pending' });
  });

  test.each(['verified', 'expired', 'replaced', 'cancelled', 'locked'] as const)(
    'a code ends as %s',
    (state) => {
      const list = new CodeList();
      list.apply(requested('c1'));
      list.apply({ type: `otp.${state}`, otp: 'c1' });
      expect(list.get('c1')?.state).toBe(state);
    },
  );

  test('a wrong guess, a guess at no code and a moved clock change nothing', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply({ type: 'otp.rejected' });
    list.apply({ type: 'otp.locked' });
    list.apply({ type: 'otp.expired', otp: 'unknown' });
    list.apply({ type: 'mock.clock', now: EXPIRES_AT, offset: 0, frozen: false });
    expect(states(list)).toEqual(['c1 pending']);
  });

  test('an end is final, and an event told twice counts once', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply({ type: 'otp.expired', otp: 'c1' });
    list.apply(requested('c1'));
    expect(states(list)).toEqual(['c1 verified']);
    expect(list.total).toBe(1);
  });

  test('a reset forgets all, or one user', () => {
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
});

describe('the inbox, with events while it is fetched', () => {
  test('fills the list, oldest first', () => {
    const list = new CodeList();
    list.beginLoading();
    list.load([message('c2', 'bob', 'verified'), message('c1')]);
    expect(states(list)).toEqual(['c1 pending', 'c2 verified']);
    expect(list.total).toBe(2);
  });

  test('a code that arrived meanwhile is kept once, whether the answer has it or not', () => {
    for (const answer of [[message('c2'), message('c1')], [message('c1')]]) {
      const list = new CodeList();
      list.beginLoading();
      list.apply(requested('c2'));
      list.load(answer);
      expect(states(list)).toEqual(['c1 pending', 'c2 pending']);
    }
  });

  test('a code that ended meanwhile has ended, though the answer is older, also one that nobody knew', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply(requested('c2'));
    list.apply({ type: 'otp.cancelled', otp: 'c2' });
    list.load([message('c2'), message('c1')]);
    expect(states(list)).toEqual(['c1 verified', 'c2 cancelled']);
  });

  test('a code that the answer knows the end of has ended, though its event is still to come', () => {
    const list = new CodeList();
    list.beginLoading();
    list.apply(requested('c1'));
    list.load([message('c1', 'alice', 'expired')]);
    expect(states(list)).toEqual(['c1 expired']);
  });

  test('what was forgotten meanwhile does not come back with an answer that is older', () => {
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

  test('what neither the answer has nor arrived meanwhile is gone', () => {
    const list = new CodeList();
    list.apply(requested('c1'));
    list.beginLoading();
    list.load([]);
    expect(states(list)).toEqual([]);
  });
});

test('it keeps the newest 1,000 and counts the rest', () => {
  const list = new CodeList();
  for (let i = 1; i <= 2_500; i++) list.apply(requested(`c${i}`));
  const { codes, matching } = list.newest(50);
  expect(matching).toBe(1_000);
  expect(codes.length).toBe(50);
  expect([codes[0]?.id, codes[49]?.id]).toEqual(['c2500', 'c2451']);
  expect(list.total).toBe(2_500);
});

test('the filter is a part of the user, in any letter case', () => {
  const list = new CodeList();
  for (const user of ['alice@example.com', 'bob@example.com', 'Malik']) list.apply(requested(user, user));
  expect(list.newest(50, 'ALI').codes.map(({ user }) => user)).toEqual(['Malik', 'alice@example.com']);
  expect(list.newest(1, 'ali')).toMatchObject({ matching: 2, codes: [{ user: 'Malik' }] });
  expect(list.newest(50, '.*').matching).toBe(0);
});

test('a pending code whose time is up is shown as expired, before the wheel has come by', () => {
  const list = new CodeList();
  list.apply(requested('c1'));
  const [code] = list.all();
  if (code === undefined) throw new Error('no code');
  expect(stateAt(code, code.expiresAt - 1)).toBe('pending');
  expect(stateAt(code, code.expiresAt)).toBe('expired');
  expect(stateAt({ ...code, state: 'verified' }, code.expiresAt)).toBe('verified');
});
