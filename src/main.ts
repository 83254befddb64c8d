import { ConfigError, createService } from './service.ts';

/** The process: the only file that reads the environment, writes to stdout, hears signals and sets the exit code. */
try {
  // Whoever reads the log may go away; the service stays.
  process.stdout.on('error', () => {});
  const service = createService(process.env, { write: (lines) => process.stdout.write(lines) });
  await service.listen();
  // Under `bun start` one Ctrl-C arrives twice, so a second signal does not cut the first one's work short.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => service.stop());
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

/** What whoever started the process can mend, in one message; of anything else, all there is to know. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'code' in error) {
    return `The service cannot listen at HOST and PORT: ${error.message} (${error.code})`;
  }
  return Bun.inspect(error);
}
