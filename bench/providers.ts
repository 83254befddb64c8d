import { createService } from '../src/service.ts';

/**
 * What a request through Twilio's API costs beside the service's own, in processor time: both in turns, in one process
 * and without a network, which would only make the two more alike.
 *
 * Usage: bun bench/providers.ts
 */
const ROUNDS = 15;
const CALLS = 2_000;

const service = createService({ LOG_FORMAT: 'json' }, { write: () => {} });
const path = `/twilio/v2/Services/VA${'b'.repeat(32)}`;
const authorization = `Basic ${btoa(`AC${'a'.repeat(32)}:token`)}`;
let user = 10_000_000;

const post = async (target: string, type: string, body: string): Promise<void> => {
  const headers = { host: 'localhost', authorization, 'content-type': `application/${type}` };
  const request = new Request(`http://localhost${target}`, { method: 'POST', headers, body });
  const { status } = await service.app.handle(request);
  if (status >= 300) throw new Error(`${target} answered ${status}`);
};

const CONTENDERS = {
  '/otp/request': () => post('/otp/request', 'json', JSON.stringify({ user: `+1501${user++}` })),
  '/twilio … Verifications': () =>
    post(`${path}/Verifications`, 'x-www-form-urlencoded', `To=%2B1501${user++}&Channel=sms`),
};

const spent = Object.entries(CONTENDERS).map(([name, call]) => ({ name, call, all: [] as number[] }));
for (let round = 0; round <= ROUNDS; round++)
  for (const { call, all } of spent) {
    const before = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) await call();
    const { user: own, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) all.push((own + system) / CALLS);
  }

const medians = spent.map(({ name, all }) => {
  const middle = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  console.log(`${name.padEnd(26)} ${middle.toFixed(1)} µs`);
  return middle;
});
console.log(`ratio ${((medians[1] ?? 0) / (medians[0] ?? 1)).toFixed(2)}`);
