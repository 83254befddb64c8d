import { cpus, release, totalmem } from 'node:os';
import { version as elysia } from 'elysia/package.json';

/** The machine and the versions measured, in one line. */
export function machine(): string {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} cores of ${cores[0]?.model.trim()}, ${memory} GiB, Linux ${release()}, Bun ${Bun.version}, Elysia ${elysia}`;
}
