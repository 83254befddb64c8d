import { describe, expect, test } from 'bun:test';
import {
  type CodeState,
  canCancel,
  fateOfEarlier,
  GRACE_MS,
  judgeGuess,
  whenDue,
} from '../../src/rules/code-life.ts';

const DEADLINE = 10_000;
const live: CodeState = { code: '012345', expiresAt: DEADLINE, goneAt: undefined };
const inGrace: CodeState = { ...live, goneAt: DEADLINE + 700 + GRACE_MS };

describe('a guess', () => {
  test.each([
    ['right, long before the deadline', live, '012345', 0, 'verified'],
    ['right, 1 ms before the deadline', live, '012345', DEADLINE - 1, 'verified'],
    ['right, at the deadline', live, '012345', DEADLINE, 'expired'],
    ['right, long after it, though nobody has noticed', live, '012345', DEADLINE + 10 * GRACE_MS, 'expired'],
    ['wrong, in time', live, '012346', 0, 'wrong'],
    ['wrong by a leading zero', live, '12345', 0, 'wrong'],
    ['of more digits', live, '0123450', 0, 'wrong'],
    ['wrong, at the deadline', live, '999999', DEADLINE, 'expired'],
    ['right, in the grace period', inGrace, '012345', DEADLINE + GRACE_MS, 'expired'],
    ['wrong, in the grace period', inGrace, '999999', DEADLINE + GRACE_MS, 'expired'],
    ['right, when the grace period is over', inGrace, '012345', DEADLINE + 700 + GRACE_MS, 'none'],
    ['at nothing', undefined, '012345', 0, 'none'],
  ] as const)('%s', (_, state, guess, now, verdict) => {
    expect(judgeGuess(state, guess, now)).toBe(verdict);
  });
});

describe('what a new code does to the earlier one', () => {
  test.each([
    ['a live one is replaced', live, DEADLINE - 1, 'replaced'],
    ['one that has run out unnoticed has expired', live, DEADLINE, 'expired'],
    ['one whose end is known is left alone', inGrace, DEADLINE + 1_000, 'none'],
    ['none is none', undefined, 0, 'none'],
  ] as const)('%s', (_, state, now, fate) => {
    expect(fateOfEarlier(state, now)).toBe(fate);
  });
});

describe('a cancellation', () => {
  test.each([
    ['ends a live code', live, DEADLINE - 1, true],
    ['does nothing to one that has run out unnoticed', live, DEADLINE, false],
    ['does nothing in the grace period', inGrace, DEADLINE + 1, false],
    ['finds nothing where there is nothing', undefined, 0, false],
  ] as const)('%s', (_, state, now, can) => {
    expect(canCancel(state, now)).toBe(can);
  });
});

describe('when the wheel reminds of a code', () => {
  test('a live one enters its grace period, which counts from now however late that is', () => {
    expect(whenDue(live, DEADLINE + 3_600_000)).toBe(DEADLINE + 3_600_000 + GRACE_MS);
  });

  test('one in its grace period is gone', () => {
    expect(whenDue(inGrace, DEADLINE + 700 + GRACE_MS)).toBeUndefined();
  });
});
