import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { expiryStore } from '../support/expiry-store.ts';
import { RedisServer } from '../support/redis-server.ts';

const CODES = 10_000;
/** After so many announcements of its own a replica is killed. */
const KILLED_AFTER = 1_650;
/** Most that a replica has claimed and not announced. */
const BATCH = 100;

/** A process that expires codes, and what it has announced so far. */
function replica(url: string, hear: (announced: string[]) => void) {
  const script = join(import.meta.dir, 'expiry-process.ts');
  const child = Bun.spawn([process.execPath, script, url], { stdout: 'pipe', stderr: 'inherit' });
  const announced: string[] = [];
  const ready = Promise.withResolvers<void>();
  const ended = (async () => {
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop() ?? '';
      if (lines.includes('ready')) ready.resolve();
      announced.push(...lines.filter((line) => line !== 'ready'));
      hear(announced);
    }
  })();
  return { child, announced, ready: ready.promise, ended };
}

test('of 10,000 codes that run out with three replicas, one of them killed in the middle, each is announced once, but for what that one had claimed', async () => {
  await using server = await RedisServer.start();
  const replicas = [
    replica(
      server.url,
      (announced) => announced.length >= KILLED_AFTER && replicas[0]?.child.kill('SIGKILL'),
    ),
    replica(server.url, () => {}),
    replica(server.url, () => {}),
  ];
  const [victim, ...others] = replicas;
  try {
    await Promise.all(replicas.map(({ ready }) => ready));
    await using issuer = await expiryStore(server.url);
    const { store } = issuer;
    const issued = new Map<string, string>();
    // All at one moment, so that all replicas are after the same codes.
    const end = Date.now() + 5_000;
    for (let i = 0; i < CODES; i += 500) {
      const users = Array.from({ length: 500 }, (_, j) => `user-${i + j}`);
      const ask = (user: string) =>
        store.request({ user, purpose: 'default', code: '111111', ttlMs: end - Date.now() });
      for (const answer of await Promise.all(users.map(ask)))
        if ('otp' in answer) issued.set(answer.otp.id, answer.otp.user);
    }
    expect(issued.size).toBe(CODES);
    expect(Date.now()).toBeLessThan(end);

    await victim?.ended;
    while ((await store.live()) > 0) await Bun.sleep(50);
    await Bun.sleep(1_500);
    for (const { child } of others) child.kill('SIGKILL');
    await Promise.all(others.map(({ ended }) => ended));

    expect(victim?.announced.length).toBeWithin(KILLED_AFTER, CODES / 2);
    const announced = replicas.flatMap(({ announced }) => announced);
    expect(new Set(announced).size).toBe(announced.length);
    expect(announced.filter((id) => !issued.has(id))).toEqual([]);
    const lost = [...issued].filter(([id]) => !announced.includes(id));
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
}, 60_000);
