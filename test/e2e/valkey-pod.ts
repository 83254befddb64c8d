import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { YAML } from 'bun';
import { Manifests, valkeyIn } from '../repo/manifests.ts';
import { freePort } from '../support/free-port.ts';

const source = join(import.meta.dir, '../../k8s-scaled/valkey');
const statefulSet: unknown = YAML.parse(await Bun.file(join(source, 'stateful-set.yaml')).text());
const { container } = valkeyIn(new Manifests([statefulSet]));

/**
 * The Valkey pod of the scaled form, run on this machine: its command, its configuration file and its probes, with
 * paths and port of this machine. Debian's `redis-server` stands in for Valkey, which is a fork of it.
 */
export class ValkeyPod {
  readonly #home: string;
  readonly #port: number;
  readonly #env: Record<string, string>;
  #server: Bun.Subprocess | undefined;

  private constructor(home: string, port: number, password: string, previous: string) {
    this.#home = home;
    this.#port = port;
    this.#env = { PATH: `${join(home, 'bin')}:${process.env['PATH']}`, REDISCLI_AUTH: password };
    if (previous !== '') this.#env['PREVIOUS_PASSWORD'] = previous;
  }

  /** Creates one with an empty volume, not started. @throws Error that says what to install without `redis-server` */
  static async create(password: string, previous = ''): Promise<ValkeyPod> {
    const home = await mkdtemp(join(tmpdir(), 'valkey-'));
    await mkdir(join(home, 'data'));
    await mkdir(join(home, 'bin'));
    for (const program of ['server', 'cli']) {
      const real = Bun.which(`redis-${program}`);
      if (!real) throw new Error('no redis-server found: apt-get install redis-server');
      await symlink(real, join(home, 'bin', `valkey-${program}`));
    }
    return new ValkeyPod(home, await freePort(), password, previous);
  }

  /** The URL for the service, with its user and password. */
  get url(): string {
    return `redis://otp:${this.#env['REDISCLI_AUTH']}@127.0.0.1:${this.#port}`;
  }

  /** Starts the container on its volume. @param more lines for its configuration file */
  async start(more = ''): Promise<Bun.Subprocess> {
    const file = await Bun.file(join(source, 'valkey.conf')).text();
    // Not in the manifest: only tests look into the store and change its settings.
    const admin = 'user admin on nopass ~* &* +@all';
    const here = `dir ${join(this.#home, 'data')}\nport ${this.#port}\nbind 127.0.0.1\n${admin}\n${more}\n`;

    await Bun.write(join(this.#home, 'valkey.conf'), file.replace('dir /data\n', here));
    const command = container.command?.map((part) => part.replaceAll('/etc/valkey', this.#home)) ?? [];
    this.#server = Bun.spawn(command, { env: this.#env, stdout: 'ignore' });
    return this.#server;
  }

  /** Whether a probe of the pod passes. */
  async passes(probe: 'livenessProbe' | 'readinessProbe'): Promise<boolean> {
    const { exec, timeoutSeconds = 1 } = container[probe] ?? {};
    const [, ...args] = exec?.command ?? [];
    return (await this.#cli(args, this.#env, timeoutSeconds)).status === 0;
  }

  /** Sends a command as a user who may do anything. @returns the reply */
  async cli(...args: string[]): Promise<string> {
    return (await this.#cli(['--user', 'admin', '--pass', 'any', ...args], this.#env)).said;
  }

  /** Sends a command as a user of the manifest: the service's, the probes' or the default one. @returns the reply */
  async as(user: 'otp' | 'probe' | 'default', ...args: string[]): Promise<string> {
    return this.with(this.#env['REDISCLI_AUTH'] ?? '', user, ...args);
  }

  /** The same with another password. */
  async with(password: string, user: 'otp' | 'probe' | 'default', ...args: string[]): Promise<string> {
    return (await this.#cli(['--user', user, '--pass', password, ...args], this.#env)).said;
  }

  /** The same without the password. */
  async stranger(...args: string[]): Promise<string> {
    return (await this.#cli(args, { PATH: this.#env['PATH'] ?? '' })).said;
  }

  async #cli(args: string[], env: Record<string, string>, timeoutSeconds = 30) {
    const program = join(this.#home, 'bin/valkey-cli');
    const options = { env, timeout: timeoutSeconds * 1_000, stderr: 'ignore' } as const;
    const child = Bun.spawn([program, '-p', `${this.#port}`, ...args], options);
    const said = await new Response(child.stdout).text();
    await child.exited;
    return { said: said.trim(), status: child.exitCode };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.exited;
    await rm(this.#home, { recursive: true, force: true });
  }
}
