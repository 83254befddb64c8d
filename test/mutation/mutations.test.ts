import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assume, before, type Operator, readSources, remove, replace, swap } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';

const root = join(import.meta.dir, '../..');
const mutate = await readSources(root);

test.each([...MUTATIONS])('the mutation "$name" changes one file of src/', async ({ where, operator }) => {
  const { file, text } = mutate(where, operator);
  expect(text).not.toBe(await Bun.file(join(root, 'src', file)).text());
});

describe('a mutation', () => {
  const SOURCE = `
export class Counter {
  add(amount: number): number {
    if (amount < this.least)
      this.warn(amount, {
        least,
      });
    this.total += amount;
    return this.total.valueOf();
  }
}
export const twin = 1;
`;
  let folder: string;
  let mutateCounter: typeof mutate;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mutations-'));
    await Bun.write(join(folder, 'tsconfig.json'), '{ "include": ["src"] }');
    await Bun.write(join(folder, 'src/deep/counter.ts'), SOURCE);
    await Bun.write(join(folder, 'src/twin.ts'), 'export const twin = 2;');
    mutateCounter = await readSources(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const changes: [says: string, operator: Operator, from: string, to: string][] = [
    ['replaces an expression', replace('this.total.valueOf()', '0'), 'this.total.valueOf()', '0'],
    ['swaps the operator of a comparison', swap('amount<this.least', '<='), 'amount < this', 'amount<=this'],
    ['assumes a condition', assume('amount < this.least', true), 'amount < this.least', 'true'],
    ['removes a statement', remove('this.total += amount'), 'this.total += amount', ''],
    ['removes a link of a call chain', remove('.valueOf()'), '.valueOf()', ''],
    ['inserts a statement', before('this.total += …', 'wait();'), 'this.total +=', 'wait(); this.total +='],
  ];
  test.each(changes)('%s', (_, operator, from, to) => {
    const { file, text } = mutateCounter('Counter.add', operator);
    expect(file).toBe('deep/counter.ts');
    expect(text).toBe(SOURCE.replace(from, to));
  });

  test('finds code in any layout', () => {
    const { text } = mutateCounter('Counter.add', remove('this.warn(amount, {least})'));
    expect(text).toContain('if (amount < this.least)\n      ;\n');
  });

  test('keeps what it inserts inside an if without braces', () => {
    const { text } = mutateCounter('Counter.add', before('this.warn(…)', 'wait();'));
    expect(text).toMatch(/if \(amount < this\.least\)\s+\{ wait\(\); this\.warn\([^;]*\); \}\s+this\.total/);
  });

  test('is an error if its function or its code is not there exactly once, or if it leaves no TypeScript', () => {
    const error = (where: string, operator: Operator) => expect(() => mutateCounter(where, operator));
    error('subtract', remove('x')).toThrow('subtract is declared 0 times in src/');
    error('twin', replace('2', '3')).toThrow('twin is declared 2 times in src/');
    expect(mutateCounter('deep/twin', replace('1', '3')).text).toContain('twin = 3');
    error('Counter.add', remove('this.total = 0')).toThrow('Counter.add has 0 times: this.total = 0');
    error('Counter.add', replace('this.total', '0')).toThrow('Counter.add has 2 times: this.total');
    error('Counter.add', remove('amount < this.least')).toThrow();
  });
});
