import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';

export interface ProxyOptions {
  /** The ports on which replicas may listen. */
  readonly ports: readonly number[];
  /** Whether to try another replica if one refuses the connection. A Kubernetes Service does not do that. */
  readonly redispatch: boolean;
  /** How it finds out which replicas are ready. */
  readonly probe?: Probe;
}

export interface Probe {
  readonly path: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Failed probes in a row that take a replica out. */
  readonly fall: number;
}

/**
 * Readiness twice a second: it removes a replica half a second to a second late, as the nodes of a cluster do when a pod
 * ends.
 */
const AS_NODES_LEARN: Probe = { path: '/readyz', everyMs: 500, timeoutMs: 2_000, fall: 2 };

/** HAProxy, as Debian packages it, in front of the replicas. It adds a replica after one good probe. */
export class HaProxy {
  readonly #folder: string;
  readonly #child: Bun.Subprocess;
  readonly url: string;

  private constructor(folder: string, child: Bun.Subprocess, url: string) {
    this.#folder = folder;
    this.#child = child;
    this.url = url;
  }

  /** Starts one on a free port. @throws Error that says what to install, if there is no `haproxy` */
  static async start({ ports, redispatch, probe = AS_NODES_LEARN }: ProxyOptions): Promise<HaProxy> {
    if (!Bun.which('haproxy'))
      throw new Error('no haproxy found: apt-get install haproxy, and stop the one that it starts');
    const folder = await mkdtemp(join(tmpdir(), 'haproxy-'));
    const port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    await Bun.write(file, configuration(port, ports, redispatch, probe));
    const child = Bun.spawn(['haproxy', '-db', '-q', '-f', file], { stderr: 'ignore' });
    return new HaProxy(folder, child, `http://127.0.0.1:${port}`);
  }

  /** Resolves when the proxy sends requests to the replica at `port` (`up`), or no longer does. */
  async sees(port: number, up: boolean): Promise<void> {
    for (let waited = 0; waited < 10_000; waited += 20) {
      const said = await fetch(`${this.url}/proxy/${port}`, { keepalive: false }).catch(() => undefined);
      if (said?.status === (up ? 200 : 503)) return;
      await Bun.sleep(20);
    }
    throw new Error(`the proxy does not find the replica at ${port} ${up ? 'ready' : 'gone'}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function configuration(
  port: number,
  ports: readonly number[],
  redispatch: boolean,
  { path, everyMs, timeoutMs, fall }: Probe,
): string {
  const servers = ports.map((port) => `  server at${port} 127.0.0.1:${port}`);
  const seen = ports.map(
    (port) => `  http-request return status 200 if { path /proxy/${port} } { srv_is_up(replicas/at${port}) }`,
  );
  return `
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check ${timeoutMs}ms
  retries ${redispatch ? 3 : 0}
  ${redispatch ? 'option redispatch 1' : 'no option redispatch'}
frontend in
  bind 127.0.0.1:${port}
${seen.join('\n')}
  http-request return status 503 if { path_beg /proxy/ }
  http-after-response set-header x-replica %[srv_name]
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk
  http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host replica
  default-server check inter ${everyMs}ms fall ${fall} rise 1
${servers.join('\n')}
`;
}
