import { join } from 'node:path';

/** A server in its own process, on a free port of this machine. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly kill: () => void;
  /** Sends SIGTERM. @returns the exit code, once the process has ended */
  readonly stop: () => Promise<number>;
}

/** Called with the whole lines that a process writes. */
export interface Listeners {
  readonly output?: (lines: string) => void;
  readonly errors?: (lines: string) => void;
}

/** The setting of the garbage collector in `bun start`. */
const START_ENV = { BUN_JSC_forceRAMSize: '536870912' };

/**
 * Starts the service as `bun start` does, and reads its log. Takes the parameters of `startServer`.
 *
 * @param script the sources, or a bundle of them
 */
export function startService(
  env: Record<string, string> = {},
  core?: number,
  listeners?: Listeners,
  script = 'src/main.ts',
) {
  return startServer(script, { HOST: '127.0.0.1', PORT: '0', ...START_ENV, ...env }, core, listeners);
}

/** Runs a script as `startProgram` does. */
export function startServer(
  script: string,
  env: Record<string, string>,
  core?: number,
  listeners?: Listeners,
) {
  return startProgram([process.execPath, script], env, core, listeners);
}

/**
 * Runs a program whose first output line is JSON with its `url`, and keeps reading its output.
 *
 * @param core the only core that it may use; all if absent
 */
export async function startProgram(
  command: readonly string[],
  env: Record<string, string>,
  core?: number,
  { output = () => {}, errors }: Listeners = {},
): Promise<ServerProcess> {
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  const child = Bun.spawn([...pinned, ...command], {
    cwd: join(import.meta.dir, '..'),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdout: 'pipe',
    stderr: errors ? 'pipe' : 'inherit',
  });
  if (errors && child.stderr) read(child.stderr, errors);
  const first = await new Promise<string>((resolve) => {
    // Only the first call resolves; later ones do nothing.
    read(child.stdout, (lines) => {
      resolve(lines);
      output(lines);
    });
  });
  const { url } = JSON.parse(first.split('\n')[0] ?? '');
  const stop = () => {
    child.kill('SIGTERM');
    return child.exited;
  };
  return { url, pid: child.pid, kill: () => child.kill('SIGKILL'), stop };
}

/** Passes on whole lines, as many as arrive at once. */
async function read(stream: ReadableStream<Uint8Array>, onLines: (lines: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) onLines(text.slice(0, end));
  }
}

/** Processor time that a process has used so far, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  // The first field of each thread's schedstat, in nanoseconds: proc(5) itself counts in hundredths of a second.
  const threads = [...new Bun.Glob('*/schedstat').scanSync(`/proc/${pid}/task`)];
  const texts = await Promise.all(threads.map((thread) => Bun.file(`/proc/${pid}/task/${thread}`).text()));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
}

/** Resident memory of a process, in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}
