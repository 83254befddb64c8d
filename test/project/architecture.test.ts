import { describe, expect, test } from 'bun:test';
import { dirname, join, normalize } from 'node:path';
import { Glob } from 'bun';

/** From the ground up: code may import from its own layer and from those before it. */
const LAYERS = [
  ['page/', 'what runs in the browser: it imports nothing of ours, and nobody imports it'],
  ['kernel/', 'time, the wheel, the bus, settings and the log: it imports nothing of ours'],
  ['rules/', 'what happens to a code, as pure functions on plain data'],
  ['store/', 'where codes are kept, each operation one atomic step'],
  ['otp/', 'the service class, the expiry loop and the events'],
  ['mock/', 'the test levers: what a test sees of the service and moves it with'],
  ['features/', 'the log of events and the metrics: what watches, and changes nothing'],
  ['delivery/', 'what brings codes to people: the channels, each with its queue'],
  ['web/', 'HTTP'],
  ['service.ts', 'the wiring: it builds the parts and connects them'],
  ['main.ts', 'the process'],
] as const;

const root = join(import.meta.dir, '../../src');
const sources: Record<string, string> = {};
for (const file of [...new Glob('**/*.ts').scanSync(root)].sort()) {
  if (!file.endsWith('.d.ts')) sources[file] = await Bun.file(join(root, file)).text();
}
const files = Object.entries(sources).map(([file, source]) => ({ file, source }));

const layerOf = (file: string) => LAYERS.findIndex(([prefix]) => file.startsWith(prefix));
const importsOf = (source: string) =>
  [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path);

/** The browser's part of the sources has the browser's time and no process: these rules are the service's. */
const served = files.filter(({ file }) => !file.startsWith('page/'));

/** Files of the service whose code, comments aside, has the pattern in it. */
const filesWith = (pattern: RegExp) =>
  served
    .filter(({ source }) => pattern.test(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
    .map(({ file }) => file);

describe('in src/', () => {
  test.each(files)('$file belongs to a layer and imports from it or those below', ({ file, source }) => {
    const known = LAYERS.map(([prefix, what]) => `${prefix} is ${what}`).join('; ');
    expect(layerOf(file), `src/${file} belongs to no layer. Put it where it fits: ${known}`).not.toBe(-1);

    for (const path of importsOf(source).filter((path) => path.startsWith('.'))) {
      const target = normalize(join(dirname(file), path));
      const [layer, what] = LAYERS[layerOf(target)] ?? [];
      if (layer === undefined) continue;
      expect(
        layerOf(target),
        `src/${file} imports src/${target}, but imports run downward only. Move the code that needs it up to ${layer} (${what}), or hand what it needs in from outside.`,
      ).toBeLessThanOrEqual(layerOf(file));
    }
  });

  test('nobody imports page/: web/ serves it as files', () => {
    const importers = served.filter(({ source }) =>
      importsOf(source).some((path) => path.includes('/page/')),
    );
    expect(importers.map(({ file }) => file)).toEqual([]);
  });

  test('time is read and waited for in kernel/clock.ts alone, so that a test can move it', () => {
    const timers =
      /\b(Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Bun\.sleep|AbortSignal\.timeout)\b|new Date\(\)/;
    expect(filesWith(timers)).toEqual(['kernel/clock.ts']);
  });

  test('nothing is drawn from a generator that can be predicted', () => {
    expect(filesWith(/Math\.random/)).toEqual([]);
  });

  test('the process is touched in main.ts alone, so that two services can share one', () => {
    expect(filesWith(/\bprocess\.|\bBun\.env\b|\bconsole\./)).toEqual(['main.ts']);
  });

  test('Elysia lives in web/ alone', () => {
    const users = files.filter(({ source }) => importsOf(source).some((path) => /^@?elysia/.test(path)));
    expect(users.length).toBeGreaterThan(0);
    expect(users.map(({ file }) => file).filter((file) => !file.startsWith('web/'))).toEqual([]);
  });
});
