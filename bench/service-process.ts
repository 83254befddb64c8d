import { join } from 'node:path';

/** The service in a process of its own, on a free port of this machine, with its log read. */
export async function startService(env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, 'src/main.ts'], {
    cwd: join(import.meta.dir, '..'),
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', ...env },
    stdout: 'pipe',
  });
  const log = child.stdout.getReader();
  const first = new TextDecoder().decode((await log.read()).value);
  (async () => {
    while (!(await log.read()).done);
  })();
  const url: string = JSON.parse(first.split('\n')[0] ?? '').url;
  return { url, pid: child.pid, kill: () => child.kill('SIGKILL') };
}

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
