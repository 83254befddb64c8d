import { median, table } from './figures.ts';
import { residentMiB, startService } from './service-process.ts';

/**
 * From the start of the process to the first 200 of `/livez`, memory when nothing has been asked yet, and from
 * SIGTERM to the end of the process.
 *
 * Usage: bun bench/start-stop.ts [--quick]
 */
export async function benchStartStop(quick: boolean): Promise<string> {
  const starts: number[] = [];
  const memories: number[] = [];
  const stops: number[] = [];
  for (let round = 0; round < (quick ? 3 : 11); round++) {
    const port = String(freePort());
    const before = performance.now();
    const starting = startService({ PORT: port });
    while (!(await isLive(port))) await Bun.sleep(1);
    starts.push(performance.now() - before);
    const service = await starting;
    await Bun.sleep(500);
    memories.push(await residentMiB(service.pid));
    const stopping = performance.now();
    const code = await service.stop();
    stops.push(performance.now() - stopping);
    if (code !== 0) throw new Error(`the service ended with status ${code}`);
  }
  const row = (name: string, figures: readonly number[], unit: string) => [
    name,
    `${median(figures).toFixed(0)} ${unit}`,
    `${Math.max(...figures).toFixed(0)} ${unit}`,
  ];
  return table(
    ['', 'median', 'most'],
    [
      row('start to the first 200 of /livez', starts, 'ms'),
      row('resident memory, idle', memories, 'MiB'),
      row('SIGTERM to the end', stops, 'ms'),
    ],
  );
}

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error('there is no free port');
  return port;
}

async function isLive(port: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/livez`).then(
    ({ ok }) => ok,
    () => false,
  );
}

if (import.meta.main) console.log(await benchStartStop(process.argv.includes('--quick')));
