import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { type App, mockApp, strictApp } from './app.ts';
import { type Env, readConfig } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { EventBus } from './core/event-bus.ts';
import { announcer, type OtpEvent } from './core/events.ts';
import { Expiry } from './core/expiry.ts';
import { idSource } from './core/ids.ts';
import { OtpService, randomCodes } from './core/otp-service.ts';
import { policyOf } from './core/settings.ts';
import { StoreUnavailable } from './core/store.ts';
import type { Channel } from './delivery/channel.ts';
import { openChannels } from './delivery/channels.ts';
import { Delivery } from './delivery/delivery.ts';
import { IDLE_TIMEOUT_S } from './http/idle-timeout.ts';
import { MovableClock } from './levers/clock/movable-clock.ts';
import { createLevers } from './levers/levers.ts';
import { eventLog } from './log/event-log.ts';
import { jsonLine, prettyLine } from './log/format.ts';
import { Log, type WriteLines } from './log/log.ts';
import { userMask } from './log/user-mask.ts';
import { deliveryMetrics } from './metrics/delivery-metrics.ts';
import { MeasuredStore } from './metrics/measured-store.ts';
import { otpMetrics } from './metrics/otp-metrics.ts';
import { serviceMetrics } from './metrics/service-metrics.ts';
import { openStore } from './open-store.ts';

export type { App } from './app.ts';
export { ConfigError } from './config.ts';
export type { Clock } from './core/clock.ts';
export { type Channel, DeliveryFailure, type Message } from './delivery/channel.ts';

/** How long requests and messages that are on their way may take once the drain is over, in milliseconds. */
const FINISH_MS = 8_000;

/** A service: it is built, listens once, and stops. */
export interface Service {
  /** The API itself; `app.handle(request)` needs no port. */
  readonly app: App | ReturnType<typeof strictApp>;
  /** Where the service listens, as `http://host:port`. @throws Error before `listen` has resolved, to the same */
  readonly url: string;
  /**
   * Opens the port and starts the expiry loop; once only. Without it codes run out all the same, but nobody
   * announces it or frees their memory. Rejects with a ListenError if it cannot.
   */
  listen(): Promise<string>;
  /** Not ready at once; drains, finishes what is in flight and stops. Further calls wait for the first. */
  stop(): Promise<void>;
}

/** The service cannot listen at its address; the message says at which, and why. */
export class ListenError extends Error {
  override name = 'ListenError';

  constructor(host: string, port: number, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : cause;
    super(
      `The service cannot listen at HOST ${host}, PORT ${port}: ${reason}. Is the port in use, or HOST a name that does not resolve, or an address that is not this machine's?`,
      { cause },
    );
  }
}

/** What a service gets from its surroundings beside settings; each part can be left out. */
export interface Surroundings {
  readonly clock?: Clock;
  /** Takes the lines of the log; nothing is logged without it. */
  readonly write?: WriteLines;
  /** Whether those lines go to a terminal: then they are for people, and coloured, unless `LOG_FORMAT` says else. */
  readonly terminal?: boolean;
  /** Where the service adds its metrics, and what `/metrics` shows. */
  readonly registry?: Registry;
  /** Ways to deliver codes that need no settings, each in place of the configured one of its name. */
  readonly channels?: readonly Channel[];
}

/**
 * Builds a service and connects its parts. Nothing is shared between two of them, and none touches the
 * process: what it needs of that is handed in.
 *
 * @param env settings by the names of the environment variables
 * @throws ConfigError with every bad value at once
 */
export function createService(env: Env = {}, surroundings: Surroundings = {}): Service {
  const { clock: realClock = systemClock(), write = () => {}, terminal = false } = surroundings;
  const { channels = [], registry = new Registry() } = surroundings;
  const handedIn = channels.map(({ name }) => name);
  const { config, warnings } = readConfig(
    terminal ? { ...env, LOG_FORMAT: env['LOG_FORMAT'] || 'pretty' } : env,
    handedIn,
  );
  const clock = new MovableClock(realClock);
  const run = `${clock.now().toString(36)}${randomBytes(2).toString('hex')}`;
  const format = config.LOG_FORMAT === 'json' ? jsonLine : prettyLine(terminal);
  const log = new Log(clock, config.LOG_LEVEL, write, format);
  for (const warning of warnings) log.warn(warning);

  const bus = new EventBus<OtpEvent>((error) => log.error('a subscriber failed', error));
  bus.subscribe(eventLog(log, config.OTP_MODE === 'strict' ? userMask(config.OTP_PEPPER) : (user) => user));
  bus.subscribe(otpMetrics(registry));
  bus.subscribe(deliveryMetrics(registry));
  const announce = announcer(bus, clock, idSource(run, 'e'));
  const configured = openChannels(config, {
    serviceName: config.OTP_SERVICE_NAME,
    clock,
    realTime: () => realClock.now(),
  });
  const others = configured.filter(({ name }) => !handedIn.includes(name));
  const delivery = new Delivery({
    channels: [...channels, ...others],
    config,
    clock,
    log,
    announce,
    findFault: async ({ user }) => levers?.faults.strike('delivery', user),
  });
  bus.subscribe((event) => delivery.onEvent(event));
  const opened = openStore({ config, policy: policyOf(config), clock, log, run });
  const store = new MeasuredStore(opened.store, clock, registry);
  const closing = new AbortController();
  const failed = (what: string) => (error: unknown) => {
    // Of a store that is away the log has been told, once.
    if (!(error instanceof StoreUnavailable)) log.error(what, error);
  };
  const { signal } = closing;
  const onError = failed('a tick failed');
  const expiry = new Expiry({ store, clock, announce, onError, signal });
  const onBehind = failed('catching up with other replicas failed');
  const shared = opened.redis && { ...opened.redis, run, onError: onBehind };
  const leverParts = { config, clock, store, delivery, bus, announce, expiry, wheel: opened.wheel, shared };
  const levers = config.OTP_MODE === 'mock' ? createLevers(leverParts) : undefined;
  const codes = levers?.codes ?? randomCodes(config.OTP_LENGTH);
  const otps = new OtpService(store, codes, announce);

  let phase: 'starting' | 'ready' | 'stopping' = 'starting';
  const ready = async () => phase === 'ready' && (await store.ready());
  const ending = new AbortController();
  const timeUp = new AbortController();
  serviceMetrics(registry, { config, store, log, ready });
  const parts = { otps, delivery, config, clock, log, registry, ready, ending: ending.signal, run };
  const app = levers ? mockApp(parts, levers) : strictApp(parts);

  opened.redis?.connection.connect();
  let loops: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  function url(): string {
    if (app.server === null) throw new Error('The service does not listen yet: call listen() first');
    return app.server.url.origin;
  }

  async function stop(): Promise<void> {
    phase = 'stopping';
    log.info('stopping', { drainSeconds: config.SHUTDOWN_DRAIN });
    await clock.sleep(config.SHUTDOWN_DRAIN * 1_000);
    // Whoever waits or streams would else keep the server from stopping.
    ending.abort();
    const { server } = app;
    const finished = clock.sleep(FINISH_MS, closing.signal).then(() => timeUp.abort());
    const answered = Promise.resolve(server?.stop()).then(() => delivery.drained(timeUp.signal));
    await Promise.race([answered, finished]);
    await server?.stop(true);
    await delivery.close();
    closing.abort();
    await loops;
    await opened.redis?.connection.close();
    log.info('stopped');
    log.flush();
  }

  return {
    app,
    get url() {
      return url();
    },
    async listen() {
      if (phase !== 'starting') throw new Error('A service listens once, and not after stop()');
      const { HOST: hostname, PORT: port } = config;
      try {
        // Without reusePort: false a second service on the port would take half of its requests, in silence.
        // The body's limit is ours, answered with a problem: a body is never read beyond it.
        const limits = { idleTimeout: IDLE_TIMEOUT_S, maxRequestBodySize: Number.MAX_SAFE_INTEGER };
        app.listen({ hostname, port, reusePort: false, development: false, ...limits });
      } catch (error) {
        throw new ListenError(hostname, port, error);
      }
      loops = Promise.all([expiry.run(), levers?.replica?.follow(signal)]);
      phase = 'ready';
      log.info('listening', { url: url() });
      return url();
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
