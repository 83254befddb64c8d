import { describe, expect, test } from 'bun:test';
import type { Fault } from '../../src/levers/faults/fault.ts';
import { Faults } from '../../src/levers/faults/faults.ts';
import { LocalList } from '../../src/levers/list/list.ts';

/** Faults that are set, with draws of a test's own. */
async function faultsOf(list: readonly Fault[], draw?: () => number): Promise<Faults> {
  const faults = new Faults(new LocalList(), draw);
  await faults.set(list);
  return faults;
}

describe('faults', () => {
  test('strike the operation and the users that they are for, and no others', async () => {
    const fault = { on: 'verify', user: 'a*', status: 503 } as const;
    const faults = await faultsOf([fault]);
    expect(await faults.strike('verify', 'alice')).toEqual(fault);
    expect(await faults.strike('verify', 'bob')).toBeUndefined();
    expect(await faults.strike('request', 'alice')).toBeUndefined();
  });

  test('with times count down as they strike, and are gone after the last time', async () => {
    const faults = await faultsOf([{ on: 'request', times: 2, status: 500 }]);
    expect(await faults.strike('request', 'alice')).toBeDefined();
    expect(faults.entries).toEqual([{ on: 'request', times: 1, status: 500 }]);
    expect(await faults.strike('request', 'bob')).toBeDefined();
    expect(faults.entries).toEqual([]);
    expect(await faults.strike('request', 'alice')).toBeUndefined();
  });

  test('with times strike so often, however many calls come at once', async () => {
    const faults = await faultsOf([{ on: 'request', times: 3, status: 500 }]);
    const struck = await Promise.all(Array.from({ length: 30 }, () => faults.strike('request', 'alice')));
    expect(struck.filter(Boolean)).toHaveLength(3);
  });

  test('without times strike until they are removed', async () => {
    const faults = await faultsOf([{ on: 'request', status: 500 }]);
    for (let i = 0; i < 100; i++) expect(await faults.strike('request', 'alice')).toBeDefined();
    await faults.set([]);
    expect(await faults.strike('request', 'alice')).toBeUndefined();
  });

  test('that are set again start to count again', async () => {
    const list = [{ on: 'request', times: 1, status: 500 }] as const;
    const faults = await faultsOf(list);
    expect(await faults.strike('request', 'alice')).toBeDefined();
    await faults.set(list);
    expect(faults.entries).toEqual(list);
    expect(await faults.strike('request', 'alice')).toBeDefined();
  });

  test('match in order: the first one decides, also if it does not strike', async () => {
    const list: Fault[] = [
      { on: 'request', user: 'alice', probability: 0.5, status: 500 },
      { on: 'request', status: 503 },
    ];
    const faults = await faultsOf(list, () => 0.5);
    expect(await faults.strike('request', 'alice')).toBeUndefined();
    expect(await faults.strike('request', 'bob')).toMatchObject({ status: 503 });
  });

  test('with a probability count only the times that they strike', async () => {
    const draws = [0.9, 0.1, 0.9, 0.1];
    const list: Fault[] = [{ on: 'request', times: 2, probability: 0.5, status: 500 }];
    const faults = await faultsOf(list, () => draws.shift() ?? 1);
    const struck: boolean[] = [];
    for (let i = 0; i < 4; i++) struck.push((await faults.strike('request', 'alice')) !== undefined);
    expect(struck).toEqual([false, true, false, true]);
    expect(faults.entries).toEqual([]);
  });

  test('never strike with probability 0, always with 1, and in between about as often as it says', async () => {
    const struckOf = async (probability: number) => {
      const faults = await faultsOf([{ on: 'request', probability, status: 500 }]);
      const strikes = Array.from({ length: 10_000 }, () => faults.strike('request', 'alice'));
      return (await Promise.all(strikes)).filter(Boolean).length;
    };
    expect(await struckOf(0)).toBe(0);
    expect(await struckOf(1)).toBe(10_000);
    // Seven standard deviations: less than once in 10^11 times by chance.
    expect(await struckOf(0.3)).toBeWithin(2_680, 3_320);
  });
});
