import { slotOf } from '../../src/redis/slots.ts';
import { freePort } from './free-port.ts';
import { FORGETFUL, RedisServer } from './redis-server.ts';

export const PRIMARIES = 3;
const SLOTS = 16_384;

/** A Redis Cluster of three primaries, the first three nodes, and a replica of each. */
export class RedisCluster {
  /** Every node answers calls for its part while others are away. */
  static async start(nodeTimeoutMs = 5_000): Promise<RedisCluster> {
    const starts = await Promise.allSettled(
      Array.from({ length: 2 * PRIMARIES }, async () => {
        const busPort = await freePort();
        const options = Object.entries({
          'cluster-enabled': 'yes',
          'cluster-port': `${busPort}`,
          'cluster-node-timeout': `${nodeTimeoutMs}`,
          'cluster-require-full-coverage': 'no',
          'cluster-allow-replica-migration': 'no',
          'cluster-replica-validity-factor': '0',
          'repl-diskless-sync-delay': '0',
        });
        const server = await RedisServer.start([
          ...FORGETFUL,
          ...options.flatMap(([name, value]) => [`--${name}`, value]),
        ]);
        return { server, busPort };
      }),
    );
    const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const cluster = new RedisCluster(nodes.map(({ server }) => server));
    const failure = starts.find((start) => start.status === 'rejected');
    if (failure !== undefined) {
      await cluster[Symbol.asyncDispose]();
      throw failure.reason;
    }
    const [first] = cluster.nodes;
    for (const [i, { server, busPort }] of nodes.entries()) {
      await server.send('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
      if (i > 0) await first?.send('CLUSTER', 'MEET', '127.0.0.1', `${server.port}`, `${busPort}`);
      const slot = (part: number) => Math.ceil((part * SLOTS) / PRIMARIES);
      if (i < PRIMARIES) await server.send('CLUSTER', 'ADDSLOTSRANGE', `${slot(i)}`, `${slot(i + 1) - 1}`);
    }
    for (const [i, replica] of cluster.nodes.slice(PRIMARIES).entries()) {
      const primary = String(await cluster.nodes[i]?.send('CLUSTER', 'MYID'));
      while ((await replica.send('CLUSTER', 'REPLICATE', primary).catch(() => '')) !== 'OK')
        await Bun.sleep(20);
    }
    await cluster.whole();
    return cluster;
  }

  private constructor(readonly nodes: readonly RedisServer[]) {}

  /** For OTP_STORE. */
  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`;
  }

  /** The node that has a slot, as the first of these sees it that runs. */
  async primaryOf(slot: number, asked: readonly RedisServer[] = this.nodes): Promise<RedisServer> {
    for (const node of asked) {
      const ranges: unknown = await node.send('CLUSTER', 'SLOTS').catch(() => []);
      for (const [first, last, [, port]] of Array.isArray(ranges) ? ranges : [])
        if (first <= slot && slot <= last) {
          const primary = this.nodes.find((one) => one.port === port);
          if (primary !== undefined) return primary;
        }
    }
    throw new Error(`no primary has slot ${slot}`);
  }

  /** A replica of a primary. */
  async replicaOf(primary: RedisServer): Promise<RedisServer> {
    const id = String(await primary.send('CLUSTER', 'MYID'));
    const line = String(await primary.send('CLUSTER', 'REPLICAS', id));
    const replica = this.nodes.find(({ port }) => line.includes(`:${port}@`));
    if (replica === undefined) throw new Error('the primary has no replica');
    return replica;
  }

  /** Puts other keys into a slot. */
  async fill(slot: number, keys: number): Promise<void> {
    let tag = 0;
    while (slotOf(`${tag}`) !== slot) tag++;
    const client = await (await this.primaryOf(slot)).connect();
    await Promise.all(
      Array.from({ length: keys }, (_, i) => client.send('SET', [`{${tag}}filler-${i}`, `${i}`])),
    );
    client.close();
  }

  /** Moves a slot to another primary, as `redis-cli --cluster reshard` does, while it is in use. */
  async move(slot: number): Promise<void> {
    const source = await this.primaryOf(slot);
    const primaries = await Promise.all([0, 6_000, 12_000].map((one) => this.primaryOf(one)));
    const target = primaries.find((one) => one !== source);
    if (target === undefined) throw new Error('there is no other primary');
    const [from, to] = await Promise.all(
      [source, target].map(async (one) => String(await one.send('CLUSTER', 'MYID'))),
    );
    if (from === undefined || to === undefined) throw new Error('a node has no name');
    await target.send('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', from);
    await source.send('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', to);
    const client = await source.connect();
    for (;;) {
      const keys: unknown = await client.send('CLUSTER', ['GETKEYSINSLOT', `${slot}`, '100']);
      if (!Array.isArray(keys) || keys.length === 0) break;
      await client.send('MIGRATE', [
        '127.0.0.1',
        `${target.port}`,
        '',
        '0',
        '5000',
        'KEYS',
        ...keys.map(String),
      ]);
    }
    client.close();
    for (const node of [target, source, ...primaries.filter((one) => one !== source && one !== target)])
      await node.send('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', to);
  }

  /** Starts the nodes that were killed. */
  async restartAll(): Promise<void> {
    for (const node of this.nodes) if (!node.isRunning) await node.start();
  }

  /** Resolves when every node sees all the others, all slots are served, and the replicas are up to date. */
  async whole(): Promise<void> {
    const isWhole = async (node: RedisServer) => {
      const [state, links, replication] = await Promise.all([
        node.send('CLUSTER', 'INFO').then(String),
        node.send('CLUSTER', 'NODES').then(String),
        node.send('INFO', 'replication').then(String),
      ]);
      const others = links.trim().split('\n');
      return (
        state.includes('cluster_state:ok') &&
        others.length === this.nodes.length &&
        others.filter((line) => /slave/.test(line)).length === PRIMARIES &&
        others.every((line) => !/fail|handshake|disconnected/.test(line)) &&
        /role:master\r\nconnected_slaves:1|master_link_status:up/.test(replication)
      );
    };
    while (!(await Promise.all(this.nodes.map((node) => isWhole(node).catch(() => false)))).every(Boolean))
      await Bun.sleep(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }
}
