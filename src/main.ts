import { systemClock } from './core/clock.ts';
import { BoundedWriter } from './log/bounded-writer.ts';
import { processRegistry } from './metrics/process-metrics.ts';
import { ConfigError, createService, ListenError } from './service.ts';

/** How long the reader of the log gets at the end, in milliseconds. */
const LAST_LINES_MS = 1_000;

/** The process: only this file reads the environment, writes to stdout, handles signals and sets the exit code. */
const clock = systemClock();
const output = new BoundedWriter(process.stdout);
try {
  const service = createService(process.env, {
    clock,
    write: (lines) => output.write(lines),
    terminal: process.stdout.isTTY,
    registry: processRegistry(),
  });
  // Under `bun start` one Ctrl-C arrives twice, so a second signal does not force a quit.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => service.stop().then(end));
  await service.listen();
} catch (error) {
  const known = error instanceof ConfigError || error instanceof ListenError;
  process.stderr.write(`${known ? error.message : Bun.inspect(error)}\n`);
  process.exitCode = 1;
}

/** Ends the process once the last lines are read, or after a second if they are not. */
async function end(): Promise<void> {
  const giveUpAt = clock.monotonic() + LAST_LINES_MS;
  while (!output.idle && clock.monotonic() < giveUpAt) await clock.sleep(10);
  process.exit(0);
}
