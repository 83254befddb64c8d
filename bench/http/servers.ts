import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startProgram, startServer, startService } from '../service-process.ts';
import { DUTIES } from './duties.ts';

/** Starts a server in a new process, on one core. */
export type Start = (core: number) => Promise<ServerProcess>;

/** The service with its defaults, and what it is compared with. */
export function contenders(): Record<string, Start> {
  const go = goServer();
  return {
    service: (core) => startService({}, core),
    floor: floor(DUTIES.length),
    'bare Elysia': (core) => startServer('bench/http/bare-elysia.ts', {}, core),
    'Bun.serve': (core) => startServer('bench/http/bare-bun.ts', {}, core),
    ...(go && { 'Go net/http': go }),
  };
}

/** The floor with only so many of the duties. */
export function floor(duties: number): Start {
  return (core) => startServer('bench/http/floor.ts', { DUTIES: String(duties) }, core);
}

/** Builds the Go server. Where Go is absent, says so and returns undefined. */
function goServer(): Start | undefined {
  if (Bun.which('go') === null) {
    console.error('Go is missing, so its server is skipped: apt-get install golang-go');
    return undefined;
  }
  const program = join(mkdtempSync(join(tmpdir(), 'go-server-')), 'server');
  const source = join(import.meta.dir, 'go/main.go');
  const { success, stderr } = Bun.spawnSync(['go', 'build', '-o', program, source], { stderr: 'pipe' });
  if (!success) throw new Error(`go build failed: ${stderr}`);
  return (core) => startProgram([program], {}, core);
}
