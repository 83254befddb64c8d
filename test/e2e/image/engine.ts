import { $ } from 'bun';

/** The program and its first arguments. Set `DOCKER` to use another: `DOCKER='podman --root /somewhere'`. */
const [program = 'docker', ...always] = (process.env['DOCKER'] || 'docker').split(' ');

/** Kubernetes' "restricted" profile and the limits of `k8s/`, as Docker options. */
const HARDENED = [
  '--read-only',
  ...['--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges'],
  ...['--memory', '512m'],
];

/** Whether an engine answers. */
export async function available(): Promise<boolean> {
  if (!Bun.which(program)) return false;
  return (await $`${program} ${always} info`.quiet().nothrow()).exitCode === 0;
}

/** A command of the engine failed. The message has the end of what it printed. */
export class EngineError extends Error {
  override name = 'EngineError';
}

/** How many lines of a failed command's output are shown: an engine says last what went wrong. */
const LAST_LINES = 30;

/** Runs a command of the engine. @returns its output @throws EngineError if it fails */
export async function engine(...command: string[]): Promise<string> {
  // Podman drops health checks in its own format of images.
  const env = { ...process.env, BUILDAH_FORMAT: 'docker' };
  const { exitCode, stdout, stderr } = await $`${program} ${always} ${command}`.env(env).quiet().nothrow();
  if (exitCode === 0) return stdout.toString().trim();
  // Some engines print the output of a build's steps to stdout.
  const said = `${stdout}${stderr}`.trim().split('\n').slice(-LAST_LINES);
  throw new EngineError([`${program} ${command.join(' ')} failed:`, ...said].join('\n'));
}

/** Builds a target of the Dockerfile, by default the last. */
export async function build(tag: string, target?: string): Promise<void> {
  await engine('build', '--tag', tag, ...(target ? ['--target', target] : []), '.');
}

/** Runs a hardened container of an image. Disposing removes it. */
export async function run(tag: string) {
  const id = await engine('run', '--detach', ...HARDENED, tag);
  return {
    logs: () => engine('logs', id),
    inspect: (format: string) => engine('inspect', '--format', format, id),
    /** Runs a command in the container. @returns its output @throws Error if it fails */
    inside: (...command: string[]) => engine('exec', id, ...command),
    /** Sends SIGTERM, and SIGKILL after `seconds`. */
    stop: (seconds: number) => engine('stop', '-t', String(seconds), id),
    [Symbol.asyncDispose]: async () => {
      await engine('rm', '--force', id);
    },
  };
}

export type Container = Awaited<ReturnType<typeof run>>;
