import { ConfigError, createService } from './service.ts';

/** The process: the only file that reads the environment, writes to stdout, hears signals and exits. */
try {
  const service = createService(process.env, { write: (lines) => process.stdout.write(lines) });
  await service.listen();
  // Under `bun start` one Ctrl-C arrives twice, so a repeated signal does not cut the first one short.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => service.stop());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
