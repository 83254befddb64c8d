import { randomBytes } from 'node:crypto';
import { type App, mockApp, strictApp } from './app.ts';
import { ConfigError, type Env, readConfig } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { coalesce } from './core/coalesce.ts';
import { EventBus } from './core/event-bus.ts';
import { announcer, lateAnnouncer, type OtpEvent } from './core/events.ts';
import { Expiry } from './core/expiry.ts';
import { idSource } from './core/ids.ts';
import { OtpService, randomCodes } from './core/otp-service.ts';
import { policyOf } from './core/settings.ts';
import { StoreUnavailable } from './core/store.ts';
import type { Channel } from './delivery/channel.ts';
import { openChannels } from './delivery/channels.ts';
import { Delivery } from './delivery/delivery.ts';
import { isReady, type Readiness } from './http/probes.ts';
import { MovableClock } from './levers/clock/movable-clock.ts';
import { createLevers } from './levers/levers.ts';
import { eventLog } from './log/event-log.ts';
import { jsonLine, prettyLine } from './log/format.ts';
import { Log, type WriteLines } from './log/log.ts';
import { userMask } from './log/user-mask.ts';
import { deliveryMetrics } from './metrics/delivery-metrics.ts';
import { measuredStore } from './metrics/measured-store.ts';
import { otpMetrics } from './metrics/otp-metrics.ts';
import { Registry } from './metrics/prom-client.ts';
import { serviceMetrics } from './metrics/service-metrics.ts';
import { openStore } from './open-store.ts';
import { WrongStore } from './redis/begun.ts';
import { RedisClock } from './redis/redis-clock.ts';
import { ListenError, Server } from './server.ts';

export type { App } from './app.ts';
export { ConfigError } from './config.ts';
export type { Clock } from './core/clock.ts';
export { type Channel, DeliveryFailure, type Message } from './delivery/channel.ts';
export { ListenError } from './server.ts';

/** The least time between two looks at whether a shared store is ready, in milliseconds. */
const READY_REST_MS = 100;

/** A service: it is built, listens once, and stops. */
export interface Service {
  /** The API itself. `app.handle(request)` needs no port. */
  readonly app: App | ReturnType<typeof strictApp>;
  /** `http://host:port`. @throws Error before `listen` has resolved */
  readonly url: string;
  /**
   * Opens the port and starts the expiry loop; once only. Without it codes expire all the same, but their end is not
   * announced and their memory is not freed. Resolves to `url`, or rejects with a ListenError, or with a ConfigError
   * if the shared store was begun with other settings.
   */
  listen(): Promise<string>;
  /** Stops being ready at once, drains, finishes what is in flight, and stops. Further calls wait for the first. */
  stop(): Promise<void>;
}

/** What a service uses beside its settings. Each part is optional. */
export interface ServiceOptions {
  readonly clock?: Clock;
  /** Takes the lines of the log. Without it nothing is logged. */
  readonly write?: WriteLines;
  /** Whether the log goes to a terminal: `LOG_FORMAT` is then `pretty` by default, in colour. */
  readonly terminal?: boolean;
  /** Where the service registers its metrics, and what `/metrics` shows. */
  readonly registry?: Registry;
  /** Channels that need no settings. Each replaces the configured channel of its name. */
  readonly channels?: readonly Channel[];
}

/**
 * Builds a service and connects its parts. Two services share nothing, and neither touches the process: the caller
 * passes in what they need of it.
 *
 * @param env settings, by the names of their environment variables
 * @throws ConfigError with every bad value at once
 */
export function createService(env: Env = {}, options: ServiceOptions = {}): Service {
  const { clock: machine = systemClock(), write = () => {}, terminal = false } = options;
  const { channels = [], registry = new Registry() } = options;
  const handedIn = channels.map(({ name }) => name);
  const format = env['LOG_FORMAT'] || (terminal ? 'pretty' : undefined);
  const { config, warnings } = readConfig({ ...env, LOG_FORMAT: format }, handedIn);
  const isMock = config.OTP_MODE === 'mock';

  const redisClock = config.OTP_STORE === 'memory' ? undefined : new RedisClock(machine);
  const realClock = redisClock ?? machine;
  const clock = new MovableClock(realClock);
  const run = `${clock.now().toString(36)}${randomBytes(2).toString('hex')}`;
  const log = new Log(
    clock,
    config.LOG_LEVEL,
    write,
    config.LOG_FORMAT === 'json' ? jsonLine : prettyLine(terminal),
  );
  for (const warning of warnings) log.warn(warning);

  const bus = new EventBus<OtpEvent>((error) => log.error('a subscriber failed', error));
  const nextEventId = idSource(run, 'e');
  const announce = announcer(bus, clock, nextEventId);
  bus.subscribe(eventLog(log, isMock ? (user) => user : userMask(config.OTP_PEPPER)));
  bus.subscribe(otpMetrics(registry));
  bus.subscribe(deliveryMetrics(registry));

  const open = { serviceName: config.OTP_SERVICE_NAME, clock, realTime: () => realClock.now() };
  const configured = openChannels(config, open).filter(({ name }) => !handedIn.includes(name));
  const delivery = new Delivery({
    channels: [...channels, ...configured],
    config,
    clock,
    log,
    announce,
    findFault: async ({ user }) => levers?.faults.strike('delivery', user),
  });
  bus.subscribe((event) => delivery.onEvent(event));

  // In a code's id, which the user may see: in strict mode it must not tell when the service started.
  const codeRun = isMock ? run : randomBytes(6).toString('hex');
  const opened = openStore({ config, policy: policyOf(config), clock, redisClock, log, run: codeRun });
  const closeStore = async () => {
    bus.flush();
    await opened.redis?.connection.close();
  };
  const server = new Server({ config, clock, log, delivery, closeStore });
  const { ending, closing: signal } = server;
  const store = measuredStore(opened.store, clock, registry);
  const onError = (what: string) => (error: unknown) => {
    // The connection has already logged that the store is unavailable, once.
    if (!(error instanceof StoreUnavailable)) log.error(what, error);
  };
  const expiry = new Expiry({ store, clock, announce, onError: onError('a tick failed'), signal });

  const onBehind = onError('catching up with other replicas failed');
  const shared = opened.redis && { ...opened.redis, run, onError: onBehind };
  const leverParts = { config, clock, store, delivery, bus, announce, expiry, wheel: opened.wheel, shared };
  const levers = isMock ? createLevers(leverParts) : undefined;
  // In mock mode a caller that has its answer finds what it did in the inbox. In strict mode the time until the answer must
  // not tell whether there was a code.
  const announceLater = isMock ? undefined : lateAnnouncer(bus, clock, nextEventId);
  const codes = levers?.codes ?? randomCodes(config.OTP_LENGTH);
  const otps = new OtpService(store, codes, announce, announceLater);

  const shardsUnavailable = opened.redis?.shardsUnavailable;
  // A look at a shared store is a call to each shard, and anyone may ask without a key: one look for all who ask meanwhile.
  const rest = () => clock.sleep(READY_REST_MS);
  const storeIsReady = opened.redis === undefined ? store.ready : coalesce(store.ready, rest);
  const readiness = async (): Promise<Readiness> => {
    if (!server.isServing) return 'not_serving';
    if (!(await storeIsReady())) return 'no_store';
    const missing = shardsUnavailable?.() ?? [];
    return missing.length > 0 ? { shardsUnavailable: missing } : 'ready';
  };
  serviceMetrics(registry, {
    config,
    store,
    log,
    ready: async () => isReady(await readiness()),
    ...(redisClock && { skewMs: () => redisClock.skewMs }),
    ...(shardsUnavailable && { shardsUnavailable }),
  });
  const parts = { otps, delivery, config, clock, log, registry, readiness, ending, run };
  const app = levers ? mockApp(parts, levers) : strictApp(parts);
  opened.redis?.connection.connect();

  return {
    app,
    get url() {
      return server.url;
    },
    async listen() {
      try {
        const failure = await opened.redis?.connection.tried;
        if (failure instanceof WrongStore) throw new ConfigError([failure.message]);
        return server.listen(app, () => Promise.all([expiry.run(), levers?.replica?.follow(signal)]));
      } catch (error) {
        // Otherwise a store that is away would be tried for ever, and keep the process running.
        if (error instanceof ListenError || error instanceof ConfigError) await closeStore();
        throw error;
      }
    },
    stop: () => server.stop(),
  };
}
