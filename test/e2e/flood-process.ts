import { Registry } from 'prom-client';
import { mockApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { EventBus } from '../../src/core/event-bus.ts';
import { announcer, type OtpEvent } from '../../src/core/events.ts';
import { Expiry } from '../../src/core/expiry.ts';
import { idSource } from '../../src/core/ids.ts';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { OtpService } from '../../src/core/otp-service.ts';
import { policyOf } from '../../src/core/settings.ts';
import { Delivery } from '../../src/delivery/delivery.ts';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { createLevers } from '../../src/levers/levers.ts';
import { eventLog } from '../../src/log/event-log.ts';
import { Log } from '../../src/log/log.ts';
import { ManualClock } from '../support/manual-clock.ts';

/**
 * Floods the API twice with distinct users, and prints what each flood took, one JSON object a line. Time moves by
 * hand; the garbage collector runs as usual.
 *
 * Usage: bun flood-process.ts USERS [longest]
 *
 * With `longest` there is one flood, and names are those that take the most memory: as long as allowed, with one character beyond Latin-1, so
 * that every character takes two bytes.
 */
const users = Number(process.argv[2]);
const longest = process.argv[3] === 'longest';
const named = (name: string) =>
  longest ? { user: `Ā${name.padStart(254, 'u')}`, purpose: 'p'.repeat(64) } : { user: name };
const { config } = readConfig({ OTP_MAX_TTL: '86400', OTP_MAX_LIVE: String(users) });
const real = new ManualClock();
const clock = new MovableClock(real);
const log = new Log(clock, 'info', () => {});
const bus = new EventBus<OtpEvent>(console.error);
bus.subscribe(eventLog(log, (user) => user));
const announce = announcer(bus, clock, idSource('run', 'e'));
const store = new MemoryStore(clock, policyOf(config), 'run');
const { signal } = new AbortController();
const expiry = new Expiry({ store, clock, announce, onError: console.error, signal });
expiry.run();
const delivery = new Delivery({ channels: [], config, clock, log, announce });
const wheel = () => store.wheel;
const levers = createLevers({ config, clock, store, wheel, delivery, bus, announce, expiry });
const otps = new OtpService(store, levers.codes, announce);
const registry = new Registry();
const readiness = async () => 'ready' as const;
const parts = { otps, delivery, config, clock, log, registry, readiness, ending: signal, run: 'run' };
const app = mockApp(parts, levers);

async function post(path: string, body: object): Promise<number> {
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await app.handle(request)).status;
}

for (const flood of longest ? [1] : [1, 2]) {
  let highest = 0;
  const earlier = { user: `earlier-${flood}`, code: '123456' };
  await post('/otp/request', { ...earlier, ttl: 86_400 });
  const statuses: Record<number, number> = {};
  for (let i = 0; i < users; i++) {
    const status = await post('/otp/request', {
      ...named(`${flood}-${String(i).padStart(22, '0')}`),
      ttl: 3_600,
    });
    statuses[status] = (statuses[status] ?? 0) + 1;
    // Let the event loop turn, as a server does: the log is written then.
    if (i % 50 === 0) await real.settle();
    if (i % 20_000 === 0) highest = Math.max(highest, process.memoryUsage.rss());
  }
  const records = store.wheel.entries;
  const verified = await post('/otp/verify', earlier);
  await real.leap(86_400_000);
  await real.leap(61_000);
  console.log(
    JSON.stringify({
      statuses,
      records,
      verified,
      left: store.wheel.entries,
      megabytes: Math.round(highest / 2 ** 20),
    }),
  );
}
process.exit(0);
