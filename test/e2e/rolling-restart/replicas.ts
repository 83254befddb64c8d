import { listening } from '../../support/process.ts';
import type { HaProxy } from './haproxy.ts';

type Replica = Awaited<ReturnType<typeof listening>> & { readonly port: number };

/** Replicas of the service, each a process, behind a proxy that knows the ports on which they may listen. */
export class RollingReplicas {
  readonly #proxy: HaProxy;
  readonly #env: Record<string, string>;
  /** Free ports, longest unused first. */
  readonly #ports: number[];
  readonly #running: Replica[] = [];
  readonly #ending = new Set<Promise<number>>();

  constructor(proxy: HaProxy, ports: readonly number[], env: Record<string, string>) {
    this.#proxy = proxy;
    this.#ports = [...ports];
    this.#env = env;
  }

  /** Starts one more. Resolves when the proxy sends it requests. */
  async add(): Promise<void> {
    const port = this.#ports.shift();
    if (port === undefined)
      throw new Error('no port is left: more replicas end at a time than were planned for');
    await this.#proxy.sees(port, false);
    const replica = { ...(await listening({ ...this.#env, PORT: String(port) })), port };
    // Read its log, as a cluster does.
    void (async () => {
      while (await replica.line());
    })();
    this.#running.push(replica);
    await this.#proxy.sees(port, true);
  }

  /**
   * Replaces the oldest, as a Deployment with `maxUnavailable: 0` does: SIGTERM goes to the old replica once the new
   * one is ready. It does not wait until the old one has ended.
   */
  async replaceOldest(): Promise<void> {
    await this.add();
    const { child, port } = this.#takeOldest();
    child.kill('SIGTERM');
    this.#ending.add(child.exited.finally(() => this.#ports.push(port)));
  }

  /**
   * Kills the oldest. Resolves when the proxy has noticed.
   *
   * @returns its port, and the two moments between which it died
   */
  async killOldest(): Promise<{ port: number; fromMs: number; untilMs: number }> {
    const { child, port } = this.#takeOldest();
    const fromMs = performance.now();
    child.kill('SIGKILL');
    await child.exited;
    const untilMs = performance.now();
    await this.#proxy.sees(port, false);
    this.#ports.push(port);
    return { port, fromMs, untilMs };
  }

  /** Freezes the oldest for a while of real time. */
  async stallOldest(ms: number): Promise<void> {
    const [oldest] = this.#running;
    oldest?.child.kill('SIGSTOP');
    await Bun.sleep(ms);
    oldest?.child.kill('SIGCONT');
  }

  /** The exit statuses of the replaced replicas, once all of them have ended. */
  async ended(): Promise<number[]> {
    return Promise.all(this.#ending);
  }

  #takeOldest(): Replica {
    const oldest = this.#running.shift();
    if (!oldest) throw new Error('no replica runs');
    return oldest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.#running) replica[Symbol.dispose]();
    await Promise.all(this.#running.map(({ child }) => child.exited));
    await this.ended();
  }
}
