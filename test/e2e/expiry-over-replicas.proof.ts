import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { RedisServer } from '../support/redis-server.ts';
import { expiryStore } from './expiry-store.ts';

const CODES = 10_000;
const START = Date.UTC(2026, 0, 1);
const TTL_MS = 5_000;
/** The replica dies after this many announcements, in the middle of a batch that it has claimed. */
const DIES_AFTER = 1_650;
/** Most codes that a replica has claimed and not announced. */
const BATCH = 100;

/** A process that expires codes, and the ids that it has announced so far. */
function replica(...args: string[]) {
  const script = join(import.meta.dir, 'expiry-process.ts');
  const child = Bun.spawn([process.execPath, script, ...args], { stdout: 'pipe', stderr: 'inherit' });
  const announced: string[] = [];
  const ready = Promise.withResolvers<void>();
  const ended = (async () => {
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop() ?? '';
      if (lines.includes('ready')) ready.resolve();
      announced.push(...lines.filter((line) => line !== 'ready'));
    }
    await child.exited;
  })();
  return { child, announced, ready: ready.promise, ended };
}

test('three replicas announce each expiry once, except for the batch that a dying one had claimed', async () => {
  await using server = await RedisServer.start();
  const victim = replica(server.url, String(DIES_AFTER));
  const others = [replica(server.url), replica(server.url)];
  const replicas = [victim, ...others];
  try {
    await Promise.all(replicas.map(({ ready }) => ready));
    await using issuer = await expiryStore(server.url);
    const { store } = issuer;
    const issued = new Map<string, string>();
    // All expire at one moment, so that all replicas compete for the same codes. If the others leave too few for the
    // victim to die, more follow.
    for (let made = 0; victim.child.signalCode === null; made += CODES) {
      await issuer.standAt(START + made);
      for (let i = 0; i < CODES; i += 500) {
        const users = Array.from({ length: 500 }, (_, j) => `user-${made + i + j}`);
        const ask = (user: string) =>
          store.request({ user, purpose: 'default', code: '111111', ttlMs: TTL_MS });
        for (const answer of await Promise.all(users.map(ask)))
          if ('otp' in answer) issued.set(answer.otp.id, answer.otp.user);
      }
      expect(issued.size).toBe(made + CODES);
      await issuer.standAt(START + made + TTL_MS);
      while ((await store.live()) > 0) await Bun.sleep(50);
    }

    // A tick later any duplicate announcement has been made.
    await Bun.sleep(1_500);
    for (const { child } of others) child.kill('SIGTERM');
    await Promise.all(replicas.map(({ ended }) => ended));

    expect(victim.announced).toHaveLength(DIES_AFTER);
    const announced = replicas.flatMap(({ announced }) => announced);
    const unique = new Set(announced);
    expect(unique.size).toBe(announced.length);
    expect(announced.filter((id) => !issued.has(id))).toEqual([]);
    const lost = [...issued].filter(([id]) => !unique.has(id));
    expect(lost.length).toBeLessThanOrEqual(BATCH);
    expect(new Set(lost.map(([id]) => id.split('-')[0])).size).toBeLessThanOrEqual(1);
    for (const [, user] of lost)
      expect((await store.verify({ user, purpose: 'default' }, '111111')).verdict).toBe('expired');
    console.log(
      `announced by each: ${replicas.map((it) => it.announced.length).join(', ')}; lost: ${lost.length}`,
    );
  } finally {
    for (const { child } of replicas) child.kill('SIGKILL');
  }
}, 120_000);
