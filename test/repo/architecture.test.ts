import { describe, expect, test } from 'bun:test';
import { dirname, join, normalize } from 'node:path';
import { Glob } from 'bun';
import { CHANNEL_NAMES } from '../../src/delivery/channels.ts';

/** The house from its ground floor up. Code imports from its own room and from rooms on lower floors. */
const ROOMS = [
  { place: 'page/main.ts', floor: 0, what: "the page's start in the browser" },
  { place: 'page/{model,view}/*.ts', floor: 0, what: "the page's scripts, which run in the browser" },
  {
    place: 'core/**',
    floor: 1,
    what: 'request, verify, expire: the rules, the wheel, the store, the service',
  },
  { place: 'log/**', floor: 2, what: 'the log, and the line that it writes for each event' },
  {
    place: 'http/**',
    floor: 2,
    what: 'what all routes share: bodies, queries, problems, keys, probes, docs',
  },
  { place: 'redis/**', floor: 3, what: 'the store that replicas share' },
  { place: 'delivery/**', floor: 3, what: 'the channels that deliver codes, each with its queue' },
  { place: 'levers/**', floor: 4, what: 'the test levers, each a folder with its routes' },
  { place: 'metrics/**', floor: 4, what: 'the metrics, and the route that serves them' },
  { place: 'page/routes.ts', floor: 4, what: 'the route that serves the page' },
  { place: 'otp-api/**', floor: 4, what: '/otp/*: the routes and their models' },
  { place: 'config.ts', floor: 5, what: "the features' settings, joined and validated as a whole" },
  { place: 'open-store.ts', floor: 5, what: 'the choice of a store' },
  { place: 'app.ts', floor: 6, what: 'the Elysia app: one line a feature' },
  { place: 'service.ts', floor: 7, what: 'the wiring: it builds the parts and connects them' },
  { place: 'main.ts', floor: 8, what: 'the process' },
].map((room) => ({ ...room, glob: new Glob(room.place) }));

const root = join(import.meta.dir, '../../src');
const files: { file: string; source: string }[] = [];
for (const file of [...new Glob('**/*.ts').scanSync(root)].sort()) {
  if (!file.endsWith('.d.ts')) files.push({ file, source: await Bun.file(join(root, file)).text() });
}

const roomOf = (file: string) => ROOMS.find(({ glob }) => glob.match(file));
const importsOf = (source: string) =>
  [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path);
const targetsOf = (file: string, source: string) =>
  importsOf(source)
    .filter((path) => path.startsWith('.'))
    .map((path) => normalize(join(dirname(file), path)));

/** The page's scripts have the browser's time and no process: some rules are for the service alone. */
const served = files.filter(({ file }) => !file.startsWith('page/') || file === 'page/routes.ts');

/** Files of the service whose code, comments aside, matches the pattern. */
const filesWith = (pattern: RegExp) =>
  served
    .filter(({ source }) => pattern.test(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
    .map(({ file }) => file);

describe('in src/', () => {
  test.each(files)('$file has a room in the house and imports downwards only', ({ file, source }) => {
    const room = roomOf(file);
    const known = ROOMS.map(({ place, what }) => `${place} holds ${what}`).join('; ');
    expect(room, `src/${file} has no room. Move it to where it belongs: ${known}`).toBeDefined();

    for (const target of targetsOf(file, source)) {
      const other = roomOf(target);
      if (room === undefined || other === undefined || other === room) continue;
      expect(
        other.floor,
        `src/${file} imports src/${target}, but imports run down. Move the code that needs it into ${other.place} (${other.what}), or take it as a parameter that service.ts hands in.`,
      ).toBeLessThanOrEqual(room.floor);
    }
  });

  test('core/ imports nothing outside itself', () => {
    const outside = files
      .filter(({ file }) => file.startsWith('core/'))
      .flatMap(({ file, source }) => targetsOf(file, source).map((target) => ({ file, target })))
      .filter(({ target }) => !target.startsWith('core/'));
    expect(outside, 'a feature extends the core: define the fact, failure or setting there').toEqual([]);
  });

  test("no file of the service imports the page's scripts: page/routes.ts serves them as files", () => {
    const scripts = new Set(files.filter((it) => !served.includes(it)).map(({ file }) => file));
    const importers = served.filter(({ file, source }) =>
      targetsOf(file, source).some((target) => scripts.has(target)),
    );
    expect(importers.map(({ file }) => file)).toEqual([]);
  });

  test('time is read and waited for in core/clock.ts alone, so that a test can move it', () => {
    const timers =
      /\b(Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Bun\.sleep|AbortSignal\.timeout)\b|new Date\(\)/;
    expect(filesWith(timers)).toEqual(['core/clock.ts']);
  });

  test('no code draws from a predictable generator', () => {
    expect(filesWith(/Math\.random/)).toEqual([]);
  });

  test('the process is touched in main.ts alone, so that two services can share one', () => {
    expect(filesWith(/\bprocess\.|\bBun\.env\b|\bconsole\./)).toEqual(['main.ts']);
  });

  test('Elysia stays in app.ts, http/, and files named routes.ts or hook.ts', () => {
    const users = files
      .filter(({ source }) => importsOf(source).some((path) => /^@?elysia/.test(path)))
      .map(({ file }) => file);
    expect(users.length).toBeGreaterThan(0);
    const strays = users.filter((file) => !/^(app\.ts|http\/.*|.*\/(routes|hook)\.ts)$/.test(file));
    expect(strays, 'move the route into routes.ts, and hand the rest in as plain functions').toEqual([]);
  });

  test("a channel's name stands in its own folder alone: the rest derives its lists from delivery/channels.ts", () => {
    for (const name of CHANNEL_NAMES) {
      const folder = `delivery/${name}/`;
      expect(filesWith(new RegExp(`['"\`]${name}['"\`]`)).filter((file) => !file.startsWith(folder))).toEqual(
        [],
      );
    }
  });

  test('redis/ is known to the choice of a store, the wiring and the levers over replicas alone', () => {
    const users = files
      .filter(({ file }) => !file.startsWith('redis/'))
      .filter(({ file, source }) => targetsOf(file, source).some((it) => it.startsWith('redis/')))
      .map(({ file }) => file);
    const strays = users.filter((file) => !/^(open-store|service|config)\.ts$|^levers\/shared\//.test(file));
    expect(strays, 'ask the Store for it').toEqual([]);
  });
});
