import { join } from 'node:path';
import { pageFiles } from '../src/page/files.ts';

/** Machines for which an executable can be built on this one. */
const TARGETS = [
  'bun-linux-x64',
  'bun-linux-arm64',
  'bun-darwin-x64',
  'bun-darwin-arm64',
  'bun-windows-x64',
] as const;

/**
 * Compiles the service into one executable that needs no other file: dist/mock-otp-service.
 *
 * Usage: bun run binary [TARGET] to build it for another kind of machine, whose Bun is then downloaded
 */
const [, , wanted] = process.argv;
const target = TARGETS.find((one) => one === wanted);
if (wanted !== target) throw new Error(`there is no target ${wanted}: choose one of ${TARGETS.join(', ')}`);
const root = join(import.meta.dir, '..');

const files = await Promise.all(
  pageFiles().map(async ({ path, type, text }) => ({ path, type, text: await text() })),
);
/** `src/page/files.ts` as it is in the executable: the files themselves. */
const embedded = `const FILES = ${JSON.stringify(files)};
export const pageFiles = () => FILES.map(({ text, ...file }) => ({ ...file, text: async () => text }));`;

const outfile = join(root, 'dist', target === undefined ? 'mock-otp-service' : `mock-otp-service-${target}`);
await Bun.build({
  entrypoints: [join(root, 'src/main.ts')],
  // What few need, such as the mail client, is loaded when it is needed, and nothing is parsed at the start.
  splitting: true,
  bytecode: true,
  format: 'esm',
  // Not minified: Elysia reads the source of request handlers.
  compile: {
    outfile,
    ...(target !== undefined && { target }),
    // Otherwise it loads the .env of the folder in which it is started, and runs what a bunfig.toml there preloads.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
  plugins: [
    {
      name: 'the page in the executable',
      setup: (build) =>
        void build.onLoad({ filter: /src\/page\/files\.ts$/ }, () => ({ contents: embedded, loader: 'js' })),
    },
  ],
});
console.log(`${outfile}: ${(Bun.file(outfile).size / 2 ** 20).toFixed(0)} MiB`);
