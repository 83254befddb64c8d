import { describe, expect, test } from 'bun:test';
import { dirname, join, normalize } from 'node:path';
import { Glob } from 'bun';
import { CHANNEL_NAMES } from '../../src/delivery/channels.ts';

/** The parts of src/, lowest level first. A file imports from parts on its own level or a lower one. */
const PARTS = [
  { place: 'page/main.ts', level: 0, what: "the page's entry point in the browser" },
  { place: 'page/{model,view}/*.ts', level: 0, what: "the page's scripts, which run in the browser" },
  { place: 'client/**', level: 0, what: 'the client for tests, which imports nothing of the service' },
  {
    place: 'core/**',
    level: 1,
    what: 'request, verify, expire: the rules, the wheel, the store, the service',
  },
  { place: 'log/**', level: 2, what: 'the log, and its line for each event' },
  {
    place: 'http/**',
    level: 2,
    what: 'what all routes share: bodies, queries, problems, keys, probes, docs',
  },
  { place: 'redis/**', level: 3, what: 'the store that replicas share' },
  { place: 'delivery/**', level: 3, what: 'the delivery channels, each with its queue' },
  { place: 'levers/**', level: 4, what: 'the test levers, each a folder with its routes' },
  { place: 'metrics/**', level: 4, what: 'the metrics, and the route that serves them' },
  { place: 'page/{files,routes}.ts', level: 4, what: "the page's files, and the routes that serve them" },
  { place: 'otp-api/**', level: 4, what: '/otp/*: the routes and their models' },
  { place: 'providers/**', level: 5, what: "real providers' APIs in front of the core, a folder each" },
  { place: 'mcp/**', level: 4, what: '/mcp: the protocol, and the tools that call the routes' },
  { place: 'config.ts', level: 5, what: "the features' settings, joined and validated as a whole" },
  { place: 'open-store.ts', level: 5, what: 'the choice of a store' },
  { place: 'app.ts', level: 6, what: 'the Elysia app: one line a feature' },
  { place: 'server.ts', level: 7, what: 'the server: listen, drain, stop' },
  { place: 'service.ts', level: 8, what: 'the wiring of all parts' },
  { place: 'cli/**', level: 9, what: 'the command line, and the commands that call a running service' },
  { place: 'main.ts', level: 10, what: 'the process' },
].map((part) => ({ ...part, glob: new Glob(part.place) }));

const root = join(import.meta.dir, '../../src');
const files: { file: string; source: string }[] = [];
for (const file of [...new Glob('**/*.ts').scanSync(root)].sort()) {
  if (!file.endsWith('.d.ts')) files.push({ file, source: await Bun.file(join(root, file)).text() });
}

const partOf = (file: string) => PARTS.find(({ glob }) => glob.match(file));
const importsOf = (source: string) =>
  [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path);
const targetsOf = (file: string, source: string) =>
  importsOf(source)
    .filter((path) => path.startsWith('.'))
    .map((path) => normalize(join(dirname(file), path)));

/** The files of the service. The page's scripts run in a browser and the client in a test: some rules are not theirs. */
const served = files.filter(({ file }) => !/^(page\/(main|model|view)|client\/)/.test(file));

/** Files of the service whose code, without comments, matches the pattern. */
const filesWith = (pattern: RegExp) =>
  served
    .filter(({ source }) => pattern.test(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
    .map(({ file }) => file);

describe('in src/', () => {
  test.each(files)('$file belongs to a part and imports from no higher level', ({ file, source }) => {
    const part = partOf(file);
    const known = PARTS.map(({ place, what }) => `${place} holds ${what}`).join('; ');
    expect(part, `src/${file} belongs to no part. Move it into one: ${known}`).toBeDefined();

    for (const target of targetsOf(file, source)) {
      const other = partOf(target);
      if (part === undefined || other === undefined || other === part) continue;
      expect(
        other.level,
        `src/${file} imports src/${target}, which is on a higher level. Move the code that needs it into ${other.place} (${other.what}), or take it as a parameter and let service.ts pass it in.`,
      ).toBeLessThanOrEqual(part.level);
    }
  });

  test('core/ imports nothing outside itself', () => {
    const outside = files
      .filter(({ file }) => file.startsWith('core/'))
      .flatMap(({ file, source }) => targetsOf(file, source).map((target) => ({ file, target })))
      .filter(({ target }) => !target.startsWith('core/'));
    expect(outside, 'a feature extends the core: define the event, error or setting in the feature').toEqual(
      [],
    );
  });

  test("the service serves the page's scripts as files and imports none of them", () => {
    const scripts = new Set(files.filter((it) => !served.includes(it)).map(({ file }) => file));
    const importers = served.filter(({ file, source }) =>
      targetsOf(file, source).some((target) => scripts.has(target)),
    );
    expect(importers.map(({ file }) => file)).toEqual([]);
  });

  test('only core/clock.ts reads the time and sets timers, so that a test can move time', () => {
    const timers =
      /\b(Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Bun\.sleep|AbortSignal\.timeout)\b|new Date\(\)/;
    expect(filesWith(timers)).toEqual(['core/clock.ts']);
  });

  test('no file uses a predictable random generator', () => {
    expect(filesWith(/Math\.random/)).toEqual([]);
  });

  test('only main.ts touches the process, so that two services can run in one', () => {
    expect(filesWith(/\bprocess\.|\bBun\.env\b|\bconsole\./)).toEqual(['main.ts']);
  });

  test('no file loads all of prom-client, which takes a seventh of the time until the first answer', () => {
    expect(filesWith(/import (?!type )[^;]*'prom-client'/), 'import from metrics/prom-client.ts').toEqual([]);
  });

  test('only app.ts, http/ and files named routes.ts or hook.ts import Elysia', () => {
    const users = files
      .filter(({ source }) => importsOf(source).some((path) => /^@?elysia/.test(path)))
      .map(({ file }) => file);
    expect(users.length).toBeGreaterThan(0);
    const strays = users.filter((file) => !/^(app\.ts|http\/.*|.*\/(routes|hook)\.ts)$/.test(file));
    expect(strays, 'move the route into routes.ts, and pass the rest in as plain functions').toEqual([]);
  });

  test("a channel's name stands in its own folder alone: the rest derives its lists from delivery/channels.ts", () => {
    for (const name of CHANNEL_NAMES) {
      const folder = `delivery/${name}/`;
      // The channels of providers are their own, though they have the same names.
      const others = filesWith(new RegExp(`['"\`]${name}['"\`]`)).filter(
        (file) => !file.startsWith(folder) && !file.startsWith('providers/'),
      );
      expect(others).toEqual([]);
    }
  });

  test('only the choice of a store, the wiring and levers/shared/ import redis/', () => {
    const users = files
      .filter(({ file }) => !file.startsWith('redis/'))
      .filter(({ file, source }) => targetsOf(file, source).some((it) => it.startsWith('redis/')))
      .map(({ file }) => file);
    const strays = users.filter((file) => !/^(open-store|service|config)\.ts$|^levers\/shared\//.test(file));
    expect(strays, 'use the Store interface instead').toEqual([]);
  });
});
