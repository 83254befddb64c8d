import { expect } from 'bun:test';
import { join } from 'node:path';

const root = join(import.meta.dir, '../..');

function spawn(command: string[], env: Record<string, string> = {}, cwd = root) {
  const { PATH = '' } = process.env;
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  return child;
}

/**
 * Starts the service as a process of its own, on a free port of this machine. Disposing kills it.
 *
 * @param main the script to run, relative to `cwd`, and its arguments if it has any
 */
export function start(env?: Record<string, string>, main: string | string[] = 'src/main.ts', cwd?: string) {
  const child = spawn([process.execPath, ...[main].flat()], env, cwd);
  const lines = logLines(child.stdout);
  return {
    child,
    /** The next line of the log, parsed; undefined at the end of the log. */
    line: async (): Promise<Record<string, unknown> | undefined> => {
      const { value } = await lines.next();
      return value;
    },
    stderr: () => new Response(child.stderr).text(),
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  };
}

/** The same. Resolves when it listens. */
export async function listening(env?: Record<string, string>, main?: string, cwd?: string) {
  const service = start(env, main, cwd);
  const first = await service.line();
  expect(first).toMatchObject({ level: 'info', message: 'listening' });
  return { ...service, url: String(first?.['url']) };
}

/** Starts the service with a log whose reader exits after the first line. */
export async function startUnread() {
  const script = '("$0" src/main.ts & echo $! >&2; wait $!; echo $? >&2) | head -n 1';
  const child = spawn(['sh', '-c', script, process.execPath]);
  const { value: first } = await logLines(child.stdout).next();
  const said = child.stderr.getReader();
  const number = async () => Number(new TextDecoder().decode((await said.read()).value));
  const pid = await number();
  return {
    url: String(first?.['url']),
    pid,
    exitStatus: number,
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  };
}

async function* logLines(
  stdout: ReadableStream<Uint8Array>,
): AsyncGenerator<Record<string, unknown>, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stdout) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
