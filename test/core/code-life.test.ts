import { describe, expect, test } from 'bun:test';
import { type CodeState, dueAt, endOfGrace, fateOfEarlier, phaseOf } from '../../src/core/rules/code-life.ts';

const DEADLINE = 10_000;
const unnoticed: CodeState = { digits: '012345', expiresAt: DEADLINE, goneAt: undefined };
const noticed: CodeState = { ...unnoticed, goneAt: DEADLINE + 60_700 };

describe('a code', () => {
  test.each([
    ['is live from its request', unnoticed, 0, 'live'],
    ['is live 1 ms before its deadline', unnoticed, DEADLINE - 1, 'live'],
    ['has ended at its deadline', unnoticed, DEADLINE, 'ended'],
    ['has ended for as long as nobody notices', unnoticed, DEADLINE + 86_400_000, 'ended'],
    ['is in its grace period once somebody has', noticed, DEADLINE + 60_699, 'grace'],
    ['is gone when that is over', noticed, DEADLINE + 60_700, 'gone'],
    ['that does not exist is gone', undefined, 0, 'gone'],
  ] as const)('%s', (_, code, now, phase) => {
    expect(phaseOf(code, now)).toBe(phase);
  });

  test.each([
    ['is replaced by a new one while it lives', unnoticed, DEADLINE - 1, 'replaced'],
    [
      'has expired when a new one comes after its deadline, though nobody noticed before',
      unnoticed,
      DEADLINE,
      'expired',
    ],
    ['is left alone by a new one if its end was noticed', noticed, DEADLINE + 1_000, undefined],
    ['that does not exist has no fate', undefined, 0, undefined],
  ] as const)('%s', (_, code, now, fate) => {
    expect(fateOfEarlier(code, now)).toBe(fate);
  });

  test('is due at its deadline, then at the end of its grace period', () => {
    expect(dueAt(unnoticed)).toBe(DEADLINE);
    expect(dueAt(noticed)).toBe(DEADLINE + 60_700);
  });

  test('has a grace period of a minute from when its end was noticed, however late that is', () => {
    expect(endOfGrace(DEADLINE + 3_600_000)).toBe(DEADLINE + 3_660_000);
  });
});
