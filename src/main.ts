import { version } from '../package.json';
import { helpText, readCommandLine, UsageError } from './cli/command-line.ts';
import { ClientError, runClient } from './cli/run-client.ts';
import type { Env } from './config.ts';
import { systemClock } from './core/clock.ts';
import { BoundedWriter } from './log/bounded-writer.ts';
import { processRegistry } from './metrics/process-metrics.ts';
import { ConfigError, createService, ListenError } from './service.ts';

/** How long the reader of the log gets at the end, in milliseconds. */
const LAST_LINES_MS = 1_000;

/** Exit statuses: it failed, and the command line is not valid. */
const FAILED = 1;
const MISUSED = 2;

/** The process: only this file reads its arguments and environment, writes to stdout, handles signals and exits. */
const clock = systemClock();
const output = new BoundedWriter(process.stdout);
try {
  const line = readCommandLine(process.argv.slice(2));
  if (line.name === 'serve') await serve({ ...process.env, ...line.settings });
  else if (line.name === 'client') console.log(await runClient({ ...line, key: line.key ?? ownKey() }));
  else console.log(line.name === 'help' ? helpText() : version);
} catch (error) {
  const known = [ConfigError, ListenError, ClientError, UsageError].some((type) => error instanceof type);
  process.stderr.write(`${known && error instanceof Error ? error.message : Bun.inspect(error)}\n`);
  process.exitCode = error instanceof UsageError ? MISUSED : FAILED;
}

async function serve(env: Env): Promise<void> {
  const service = createService(env, {
    clock,
    write: (lines, dropped) => output.write(lines, dropped),
    terminal: process.stdout.isTTY,
    registry: processRegistry(),
  });
  let isStopping = false;
  const stop = () => {
    isStopping = true;
    service.stop().then(end);
  };
  // Under `bun start` one Ctrl-C arrives twice, so a second signal does not force a quit.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  await service.listen().catch((error) => {
    // It may be told to stop while it waits for its store: then it never listens.
    if (!isStopping) throw error;
  });
}

/** The first API key of the environment: a service on this machine most likely has the same. */
function ownKey(): string | undefined {
  return process.env['OTP_API_KEYS']?.split(',')[0]?.trim();
}

/** Ends the process once the last lines are read, or after a second if they are not. */
async function end(): Promise<void> {
  const giveUpAt = clock.monotonic() + LAST_LINES_MS;
  while (!output.idle && clock.monotonic() < giveUpAt) await clock.sleep(10);
  process.exit(0);
}
