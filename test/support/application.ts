import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An application's folder, whose files Bun would use: they print a word, and set a port that is none. */
export async function applicationFolder() {
  const path = await mkdtemp(join(tmpdir(), 'application-'));
  await writeFile(join(path, '.env'), 'PORT=eighty\n');
  await writeFile(join(path, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
  await writeFile(join(path, 'preload.ts'), "console.log('preloaded');\n");
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** What a command prints that starts the service with a bad setting, in a folder. */
export async function refusalIn(cwd: string, command: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] };
  const child = Bun.spawn([...command, '--length', '3'], { cwd, env, stdout: 'pipe', stderr: 'pipe' });
  const said = await Promise.all([child.stdout, child.stderr].map((it) => new Response(it).text()));
  return said.join('');
}

/** What that is if the setting alone is wrong. */
export const REFUSAL =
  'The configuration is not valid:\n  - OTP_LENGTH must be a whole number from 4 to 10, not 3\n';
