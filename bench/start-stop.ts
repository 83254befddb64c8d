import { bundled } from '../test/support/bundle.ts';
import { median, table } from './figures.ts';
import { residentMiB, startService } from './service-process.ts';

/** The sources, as `bun start` runs them, and the bundle in the smaller image. */
const FORMS = ['sources', 'bundle'] as const;

interface Figures {
  readonly startMs: number;
  readonly memoryMiB: number;
  readonly stopMs: number;
}

/**
 * Time from the start of the process to the first 200 of `/livez`, memory before any request, and time from SIGTERM to
 * exit.
 *
 * Usage: bun bench/start-stop.ts [--quick]
 */
export async function benchStartStop(quick: boolean): Promise<string> {
  await using bundle = await bundled();
  const scripts = { sources: 'src/main.ts', bundle: bundle.main };
  const measured: Record<(typeof FORMS)[number], Figures[]> = { sources: [], bundle: [] };
  for (let round = 0; round < (quick ? 3 : 11); round++)
    for (const form of FORMS) measured[form].push(await measure(scripts[form]));
  const row = (name: string, unit: string, of: (figures: Figures) => number) => [
    name,
    ...FORMS.map((form) => {
      const figures = measured[form].map(of);
      return `${median(figures).toFixed(0)} ${unit} (${Math.max(...figures).toFixed(0)})`;
    }),
  ];
  return table(
    ['median (maximum)', ...FORMS],
    [
      row('start to the first 200 of /livez', 'ms', ({ startMs }) => startMs),
      row('resident memory, idle', 'MiB', ({ memoryMiB }) => memoryMiB),
      row('SIGTERM to exit', 'ms', ({ stopMs }) => stopMs),
    ],
  );
}

async function measure(script: string): Promise<Figures> {
  const port = String(freePort());
  const before = performance.now();
  const starting = startService({ PORT: port }, undefined, {}, script);
  while (!(await isLive(port))) await Bun.sleep(1);
  const startMs = performance.now() - before;
  const service = await starting;
  await Bun.sleep(500);
  const memoryMiB = await residentMiB(service.pid);
  const stopping = performance.now();
  const code = await service.stop();
  if (code !== 0) throw new Error(`the service ended with status ${code}`);
  return { startMs, memoryMiB, stopMs: performance.now() - stopping };
}

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error('no free port');
  return port;
}

async function isLive(port: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/livez`).then(
    ({ ok }) => ok,
    () => false,
  );
}

if (import.meta.main) console.log(await benchStartStop(process.argv.includes('--quick')));
