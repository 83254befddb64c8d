import { $ } from 'bun';

/** The program, and what always comes first on its command line: `DOCKER='podman --root /somewhere'` for another one. */
const [program = 'docker', ...always] = (process.env['DOCKER'] || 'docker').split(' ');

/** What Kubernetes' "restricted" asks of a pod, and what `k8s/` sets beside it, as Docker's options. */
const HARDENED = [
  '--read-only',
  ...['--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges'],
  ...['--memory', '512m'],
];

/** Whether there is an engine that answers. */
export async function available(): Promise<boolean> {
  if (!Bun.which(program)) return false;
  return (await $`${program} ${always} info`.quiet().nothrow()).exitCode === 0;
}

/** What the engine says to a command. @throws Error with its words if it fails */
export async function engine(...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await $`${program} ${always} ${command}`.quiet().nothrow();
  if (exitCode !== 0) throw new Error(`${program} ${command.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

/** Builds a target of the Dockerfile; the last one if it has no name. */
export async function build(tag: string, target?: string): Promise<void> {
  await engine('build', '--tag', tag, ...(target ? ['--target', target] : []), '.');
}

/** A container of an image, hardened, until it is disposed of. */
export async function run(tag: string) {
  const id = await engine('run', '--detach', ...HARDENED, tag);
  return {
    logs: () => engine('logs', id),
    inspect: (format: string) => engine('inspect', '--format', format, id),
    /** What a command says that runs in the container. @throws Error if it fails */
    inside: (...command: string[]) => engine('exec', id, ...command),
    /** SIGTERM, and SIGKILL if it is not over in time. */
    stop: (seconds: number) => engine('stop', '-t', String(seconds), id),
    [Symbol.asyncDispose]: async () => {
      await engine('rm', '--force', id);
    },
  };
}

export type Container = Awaited<ReturnType<typeof run>>;
