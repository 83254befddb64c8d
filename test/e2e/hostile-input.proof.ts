import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { testService } from '../support/api.ts';
import { ownTime } from '../support/own-time.ts';
import { listening } from '../support/process.ts';

/** Every run sends the same bodies. Another seed makes others. */
const SEED = 20_261_122;

/** How often all bodies are sent, and after how many rounds memory must have stopped growing. */
const ROUNDS = 10;
const WARM_ROUNDS = 6;

/** Bodies of every kind: random bytes, random JSON, truncated or corrupted JSON, and valid bodies. */
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const good = fc.record({
  user: fc.string({ unit: 'binary', maxLength: 40 }),
  code: fc.stringMatching(/^\d{3,11}$/),
});
const loose = fc.dictionary(
  fc.constantFrom('user', 'purpose', 'ttl', 'code', '__proto__', 'toString'),
  fc.jsonValue(),
);
const spoilt = fc
  .tuple(fc.oneof(good, loose), fc.nat(200), fc.integer({ min: 0, max: 255 }))
  .map(([value, at, byte]) => {
    const body = Buffer.from(JSON.stringify(value));
    if (body.length > 0) body[at % body.length] = byte;
    return at % 3 === 0 ? body.subarray(0, at % (body.length + 1)) : body;
  });
const body = fc.oneof(
  bytes,
  fc.json().map(Buffer.from),
  loose.map((it) => Buffer.from(JSON.stringify(it))),
  spoilt,
  good.map((it) => Buffer.from(JSON.stringify(it))),
);

test('200,000 random bodies cause no 5xx, no response over 1 KiB, none slower than a second, and no memory growth', async () => {
  using service = await listening();
  const { url, child, line } = service;
  let failures = 0;
  const read = (async () => {
    for (let it = await line(); it !== undefined; it = await line()) if (it['level'] === 'error') failures++;
  })();
  const bodies = fc.sample(body, { seed: SEED, numRuns: 20_000 });
  const memory = async () => {
    const status = await Bun.file(`/proc/${child.pid}/status`).text();
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  };
  const statuses: Record<number, number> = {};
  let slowest = 0;
  const send = async (path: string, body: Uint8Array) => {
    const before = ownTime();
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body),
    });
    const text = await answer.text();
    slowest = Math.max(slowest, ownTime() - before);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (answer.status >= 500) throw new Error(`${answer.status} to ${Buffer.from(body).toString('base64')}`);
    if (answer.status !== 200 && Buffer.byteLength(text) >= 1_024)
      throw new Error(`${text.length} bytes: ${text}`);
  };
  const round = async () => {
    for (let i = 0; i < bodies.length; i += 50) {
      await Promise.all(
        bodies.slice(i, i + 50).map((body, j) => send(j % 2 === 0 ? '/otp/request' : '/otp/verify', body)),
      );
    }
  };
  // Single figures vary by a few percent with the garbage collector, so compare the lowest of three.
  const sizes: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    await round();
    sizes.push(await memory());
  }
  const warm = Math.min(...sizes.slice(WARM_ROUNDS - 3, WARM_ROUNDS));
  const grown = Math.min(...sizes.slice(-3)) / warm;
  console.log(
    JSON.stringify({
      statuses,
      slowestMs: Math.round(slowest),
      warmMB: Math.round(warm),
      grown: grown.toFixed(3),
    }),
  );
  expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(200_000);
  expect(slowest).toBeLessThan(1_000);
  expect(grown).toBeLessThan(1.05);
  child.kill('SIGTERM');
  await read;
  expect(failures).toBe(0);
}, 900_000);

test('of 100,000 codes, requested and verified, none appears in the log, in an error or in a header', async () => {
  const { post, clock, log } = testService({ OTP_LENGTH: '10', OTP_MAX_ATTEMPTS: '0' });
  const said: string[] = [];
  const codes = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    const user = `user-${i % 1_000}`;
    const requested = await post('/otp/request', { user });
    const code = String(requested.body['code']);
    codes.add(code);
    const wrong = await post('/otp/verify', {
      user,
      code: code === '0000000000' ? '1111111111' : '0000000000',
    });
    const verified = await post('/otp/verify', { user, code });
    const again = await post('/otp/verify', { user, code });
    said.push(wrong.text, verified.text, again.text);
    for (const { headers } of [requested, wrong, verified, again]) said.push(JSON.stringify([...headers]));
    if (i % 1_000 === 0) await clock.settle();
  }
  await clock.settle();
  const lines = log();
  expect(lines.length).toBeGreaterThan(399_000);
  said.push(...lines.map((line) => JSON.stringify(line)));
  // Look up every run of ten digits, instead of searching 100,000 times.
  const leaked = said
    .flatMap((text) => [...text.matchAll(/(?=(\d{10}))/g)].map(([, digits = '']) => digits))
    .filter((digits) => codes.has(digits));
  expect(leaked).toEqual([]);
  expect(codes.size).toBeGreaterThan(99_990);
}, 900_000);
