import { describe, expect, test } from 'bun:test';
import { CodeList } from '../../src/page/model/code-list.ts';
import { WheelDots } from '../../src/page/model/wheel-dots.ts';

const START = Date.UTC(2026, 0, 1);

/** A list of codes, each with its expiry in ms after the start. */
function listOf(codes: Record<string, number>): CodeList {
  const list = new CodeList();
  for (const [otp, ms] of Object.entries(codes)) {
    const [time, expiresAt] = [START, START + ms].map((at) => new Date(at).toISOString());
    if (time === undefined || expiresAt === undefined) throw new Error('no times');
    list.apply({
      type: 'otp.requested',
      otp,
      user: 'alice',
      purpose: 'login',
      code: '042137',
      time,
      expiresAt,
    });
  }
  return list;
}

const whys = (gone: ReturnType<WheelDots['follow']>) => gone.map(({ dot, why }) => `${dot.id} ${why}`);

describe('the dots on the wheel', () => {
  test('each pending code has a dot in its second, at its own place', () => {
    const dots = new WheelDots();
    dots.follow(listOf({ c1: 4_200, c2: 5_000, c3: 90_000 }), START, 7);
    const second = START / 1_000;
    expect([...dots.all()]).toEqual([
      { id: 'c1', second: second + 5, place: 0, since: 7 },
      { id: 'c2', second: second + 5, place: 1, since: 7 },
      { id: 'c3', second: second + 90, place: 0, since: 7 },
    ]);
    expect(dots.next()).toBe(second + 5);
  });

  test('a dot leaves when the hand reaches its second, not at the code’s deadline', () => {
    const list = listOf({ c1: 4_200 });
    const dots = new WheelDots();
    dots.follow(list, START, 0);
    expect(dots.follow(list, START + 4_999, 0)).toEqual([]);
    expect(whys(dots.follow(list, START + 5_000, 0))).toEqual(['c1 expired']);
    expect(dots.size).toBe(0);
    expect(dots.follow(list, START + 5_100, 0)).toEqual([]);
    expect(dots.next()).toBeUndefined();
  });

  test('an expired code keeps its dot until the sweeping hand has passed', () => {
    const list = listOf({ c1: 30_000 });
    const dots = new WheelDots();
    dots.follow(list, START, 0);
    list.apply({ type: 'otp.expired', otp: 'c1', expiresAt: new Date(START + 30_000).toISOString() });
    expect(dots.follow(list, START + 29_000, 0)).toEqual([]);
    expect(whys(dots.follow(list, START + 30_000, 0))).toEqual(['c1 expired']);
  });

  test('the dot of a code that a test expires early leaves then', () => {
    const list = listOf({ c1: 30_000 });
    const dots = new WheelDots();
    dots.follow(list, START, 0);
    list.apply({ type: 'otp.expired', otp: 'c1', expiresAt: new Date(START + 2_000).toISOString() });
    expect(dots.follow(list, START + 1_999, 0)).toEqual([]);
    expect(whys(dots.follow(list, START + 2_000, 0))).toEqual(['c1 expired']);
  });

  test('a dot leaves at once when its code is verified, replaced or forgotten', () => {
    const list = listOf({ c1: 30_000, c2: 30_000, c3: 30_000 });
    const dots = new WheelDots();
    dots.follow(list, START, 0);
    list.apply({ type: 'otp.verified', otp: 'c1' });
    list.apply({ type: 'otp.replaced', otp: 'c2' });
    expect(whys(dots.follow(list, START, 0))).toEqual(['c1 verified', 'c2 replaced']);
    expect(dots.get('c3')?.place).toBe(2);
    list.apply({ type: 'mock.reset' });
    expect(whys(dots.follow(list, START, 0))).toEqual(['c3 forgotten']);
  });

  test('a code that has expired gets no dot', () => {
    const dots = new WheelDots();
    dots.follow(listOf({ c1: 1_000 }), START + 1_000, 0);
    expect(dots.size).toBe(0);
  });
});
