import { describe, expect, test } from 'bun:test';
import { Faults } from '../../src/levers/faults/faults.ts';

describe('faults', () => {
  test('strike the operation and the users they are for, and no others', () => {
    const faults = new Faults();
    const fault = { on: 'verify', user: 'a*', status: 503 } as const;
    faults.list = [fault];
    expect(faults.strike('verify', 'alice')).toEqual(fault);
    expect(faults.strike('verify', 'bob')).toBeUndefined();
    expect(faults.strike('request', 'alice')).toBeUndefined();
  });

  test('strike as many times as they may, counting down, and are gone then', () => {
    const faults = new Faults();
    faults.list = [{ on: 'request', times: 2, status: 500 }];
    expect(faults.strike('request', 'alice')).toBeDefined();
    expect(faults.list).toEqual([{ on: 'request', times: 1, status: 500 }]);
    expect(faults.strike('request', 'bob')).toBeDefined();
    expect(faults.list).toEqual([]);
    expect(faults.strike('request', 'alice')).toBeUndefined();
  });

  test('stand until they are removed if nothing is said of times', () => {
    const faults = new Faults();
    faults.list = [{ on: 'request', status: 500 }];
    for (let i = 0; i < 100; i++) expect(faults.strike('request', 'alice')).toBeDefined();
    faults.clear();
    expect(faults.strike('request', 'alice')).toBeUndefined();
  });

  test('are asked in order: the first that matches counts, also where it does not strike', () => {
    const faults = new Faults(() => 0.5);
    faults.list = [
      { on: 'request', user: 'alice', probability: 0.5, status: 500 },
      { on: 'request', status: 503 },
    ];
    expect(faults.strike('request', 'alice')).toBeUndefined();
    expect(faults.strike('request', 'bob')).toMatchObject({ status: 503 });
  });

  test('count only the times that they struck', () => {
    const chances = [0.9, 0.1, 0.9, 0.1];
    const faults = new Faults(() => chances.shift() ?? 1);
    faults.list = [{ on: 'request', times: 2, probability: 0.5, status: 500 }];
    const struck = [1, 2, 3, 4].map(() => faults.strike('request', 'alice') !== undefined);
    expect(struck).toEqual([false, true, false, true]);
    expect(faults.list).toEqual([]);
  });

  test('never strike with probability 0 and always with 1; in between, about as often as it says', () => {
    const faults = new Faults();
    const struckOf = (probability: number) => {
      faults.list = [{ on: 'request', probability, status: 500 }];
      return Array.from({ length: 10_000 }, () => faults.strike('request', 'alice')).filter(Boolean).length;
    };
    expect(struckOf(0)).toBe(0);
    expect(struckOf(1)).toBe(10_000);
    // Seven standard deviations: less than once in 10^11 times by chance.
    expect(struckOf(0.3)).toBeWithin(2_680, 3_320);
  });
});
