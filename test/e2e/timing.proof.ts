import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { RedisServer } from '../support/redis-server.ts';

/** Calls of each kind. More find smaller differences: set SAMPLES=20000 for a thorough look. */
const SAMPLES = Number(process.env['SAMPLES'] ?? 2_000);

/** What chance alone exceeds once in 150,000 times. */
const SIGNIFICANT = 4.5;

/** Users whose codes are requested ahead of the calls that are measured. */
const BATCH = 100;

const KEY = 'k'.repeat(32);

/** An answer with a length and no chunks, as all of the service's have. */
const ANSWER = /^HTTP\/1\.1 (\d+) [\s\S]*?\r\ncontent-length: (\d+)[\s\S]*?\r\n\r\n/i;

/** A connection that sends requests and reads answers, with nothing in between that takes time of its own. */
class Connection {
  readonly #socket: Socket;
  #text = '';
  #waiting: ((status: number) => void)[] = [];

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (data) => this.#take(String(data)));
  }

  post(path: string, body: object): Promise<number> {
    const json = JSON.stringify(body);
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n`;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(head + json);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(data: string): void {
    this.#text += data;
    for (let found = ANSWER.exec(this.#text); found !== null; found = ANSWER.exec(this.#text)) {
      const end = found[0].length + Number(found[2]);
      if (this.#text.length < end) return;
      this.#text = this.#text.slice(end);
      this.#waiting.shift()?.(Number(found[1]));
    }
  }
}

/** The mean and the variance of the mean, without the slowest tenth: those waited for something else. */
function meanOf(times: readonly number[], limit: number) {
  const kept = times.filter((time) => time <= limit);
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
  const squares = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0);
  return { mean, variance: squares / (kept.length - 1) / kept.length };
}

/** Welch's t of two samples, as in Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2016). */
function welch(one: readonly number[], other: readonly number[]): number {
  const all = [...one, ...other].sort((a, b) => a - b);
  const limit = all[Math.floor(all.length * 0.9)] ?? 0;
  const [a, b] = [meanOf(one, limit), meanOf(other, limit)];
  return (a.mean - b.mean) / Math.sqrt(a.variance + b.variance);
}

/** What differs between users who are measured: the code that they have, or that they have none. */
const KINDS = ['live', 'none', 'none again'] as const;

async function measure(connection: Connection, path: string, more: object) {
  const times = { live: [] as number[], none: [] as number[], 'none again': [] as number[] };
  for (let n = 0; times.live.length < SAMPLES; n++) {
    const round = Array.from({ length: BATCH }, (_, i) => ({
      user: `user-${path}-${n}-${i}`,
      kind: KINDS[i % 3],
    }));
    // Every name is new, and has a code: of another purpose where there must be none. One after the other: Bun answers
    // pipelined requests with a store in memory only.
    for (const { user, kind } of round) {
      const status = await connection.post('/otp/request', {
        user,
        ...(kind !== 'live' && { purpose: 'other' }),
      });
      expect(status).toBe(200);
    }
    // In a random order: the calls before one must not tell its kind.
    const order = round.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at);
    for (const { one } of order) {
      const before = performance.now();
      await connection.post(path, { user: one.user, ...more });
      times[one.kind ?? 'live'].push(performance.now() - before);
    }
  }
  return {
    t: welch(times.live, times.none),
    control: welch(times['none again'], times.none),
  };
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis?.[Symbol.asyncDispose]());

describe.each(['memory', 'redis'])('with the store %s', (store) => {
  test.each([
    ['/otp/cancel', {}],
    ['/otp/verify', { code: '0000000' }],
  ])(
    'the time that %s takes does not tell whether there is a code',
    async (path, more) => {
      const script = join(import.meta.dir, 'timing-process.ts');
      const url = store === 'redis' ? redis.url : store;
      const child = Bun.spawn([process.execPath, script, url, KEY], { stdout: 'pipe' });
      try {
        const { value } = await child.stdout.getReader().read();
        const address = new TextDecoder().decode(value).trim();
        const connection = new Connection(address);
        while ((await fetch(`${address}/readyz`)).status !== 200) await Bun.sleep(50);
        // The first calls are slow.
        await measure(connection, path, more);
        const { t, control } = await measure(connection, path, more);
        connection.end();
        console.log(
          `${store} ${path}: t = ${t.toFixed(1)}, control ${control.toFixed(1)}, ${SAMPLES} samples`,
        );
        expect(Math.abs(control)).toBeLessThan(SIGNIFICANT);
        expect(Math.abs(t)).toBeLessThan(SIGNIFICANT);
      } finally {
        child.kill('SIGKILL');
      }
    },
    600_000,
  );
});
