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

/** Runs a command of the engine. @returns its output @throws Error with its error output if it fails */
export async function engine(...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await $`${program} ${always} ${command}`.quiet().nothrow();
  if (exitCode !== 0) throw new Error(`${program} ${command.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
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
