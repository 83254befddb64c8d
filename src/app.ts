import { Elysia } from 'elysia';
import type { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { idSource } from './core/ids.ts';
import type { OtpService } from './core/otp-service.ts';
import type { Delivery } from './delivery/delivery.ts';
import { closeConnection } from './http/connection.ts';
import { docs } from './http/docs.ts';
import { errorAnswers, type ProblemShape, problemHeaders, refuseHead } from './http/errors.ts';
import { hostCheck } from './http/host-check.ts';
import { originCheck } from './http/origins.ts';
import { probeRoutes, type Readiness } from './http/probes.ts';
import { causeOf, nameRequests } from './http/request-id.ts';
import { targetCheck } from './http/targets.ts';
import { faultHook, striker } from './levers/faults/hook.ts';
import type { Levers } from './levers/levers.ts';
import { mockRoutes } from './levers/routes.ts';
import type { Log } from './log/log.ts';
import { mcpRoutes } from './mcp/routes.ts';
import { measureRequests } from './metrics/hook.ts';
import { metricsRoute } from './metrics/routes.ts';
import { otpRoutes } from './otp-api/routes.ts';
import { pageRoutes } from './page/routes.ts';
import { prelude } from './providers/prelude/routes.ts';
import { providerShapes } from './providers/routes.ts';
import { twilio } from './providers/twilio/routes.ts';
import { vonage } from './providers/vonage/routes.ts';

/** The providers whose APIs mock mode has. */
const PROVIDERS = [twilio, vonage, prelude];

export interface AppParts {
  readonly otps: OtpService;
  readonly delivery: Delivery;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** What `/metrics` shows; the API adds its own. */
  readonly registry: Registry;
  readonly readiness: () => Promise<Readiness>;
  /** Aborts when the service is about to stop: long polls are answered, and streams end. */
  readonly ending: AbortSignal;
  /** Names this run of the service: the first part of its request ids. */
  readonly run: string;
}

/** The HTTP API of mock mode. `app.handle(request)` answers as a server would, without a port. */
export function mockApp(parts: AppParts, levers: Levers) {
  const { otps, delivery, config, clock, ending } = parts;
  const root = baseApp(parts, providerShapes(PROVIDERS));
  const { replica } = levers;
  // An instance of its own: on `root` these hooks would reach probes and metrics too, which must answer without the store.
  const calls = new Elysia();
  // A call sees the effects of every call that was answered before it, at any replica. A failed flush counts as two
  // requests in the metrics.
  if (replica) calls.onBeforeHandle(() => replica.catchUp()).onAfterHandle(() => replica.flush());
  const strike = striker(levers.faults, clock, ending, root);
  const ids = { nextMessageId: idSource(parts.run, 'm'), keys: config.OTP_API_KEYS };
  for (const provider of PROVIDERS) calls.use(provider.routes({ ...levers, ...ids, otps, strike }));
  return root
    .use(pageRoutes())
    .use(mcpRoutes(root, config))
    .use(
      calls
        .use(mockRoutes({ ...parts, levers }))
        .onBeforeHandle(faultHook(levers.faults, strike))
        .use(otpRoutes(otps, delivery, config)),
    );
}

/** The API's type, for Eden: `treaty<App>(url)`. */
export type App = ReturnType<typeof mockApp>;

/** The HTTP API of strict mode: the same without the test levers and the page. */
export function strictApp(parts: AppParts) {
  return baseApp(parts).use(otpRoutes(parts.otps, parts.delivery, parts.config));
}

/** The part that both modes share. */
function baseApp(parts: AppParts, shapes: readonly ProblemShape[] = []) {
  const { config, clock, log, registry, readiness, run } = parts;
  const targets = targetCheck((request): Response | Promise<Response> => root.fetch(request));
  // Unknown fields are errors rather than silently dropped. `/otp/verify/` is not `/otp/verify`.
  const root = new Elysia({ normalize: false, strictPath: true, serve: { routes: targets.routes } });
  const isMock = config.OTP_MODE === 'mock';
  // Every answer has one, also to callers without a key. In strict mode it must not tell how many requests there were.
  const requestIds = isMock ? idSource(run, 'r') : () => crypto.randomUUID();
  const nameRequest = nameRequests(requestIds);
  const checkHost = hostCheck(config.OTP_ALLOWED_HOSTS);
  const checkOrigin = originCheck(config.OTP_ALLOWED_ORIGINS, root);
  const answerError = errorAnswers(log, root, shapes);
  const measure = measureRequests(registry, clock, root, (answered, set) => {
    if (log.isEnabled('debug')) log.debug('http.request', { ...answered, ...causeOf(set) });
  });

  // Hooks apply only to the routes after them. There is one for each moment, because Elysia goes through them for each
  // call. It reads their source: it provides only what they name of the context, and waits for one that has `return f(`
  // or `=> f(` in it. `startedAt` is in every context from the start: adding it later costs one percent of the
  // throughput.
  return root
    .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .decorate('startedAt', 0)
    .onRequest((context) => {
      context.startedAt = clock.monotonic();
      const { request, set } = context;
      nameRequest(request, set);
      closeConnection(request, set);
      // Any web page may try to call a mock on a developer's machine. In strict mode every call needs a key instead.
      if (isMock) {
        checkHost(request);
        const preflight = checkOrigin(request, set);
        if (preflight !== undefined) return preflight;
      }
      refuseHead(request);
      return undefined;
    })
    .onTransform({ as: 'global' }, targets.check)
    .onError({ as: 'global' }, ({ error, request, set, route, startedAt }) => {
      const body = answerError(error, request, set);
      measure(request, set, startedAt, route);
      return body;
    })
    .onAfterHandle({ as: 'global' }, ({ request, set, route, startedAt, responseValue }) => {
      problemHeaders(responseValue, set);
      measure(request, set, startedAt, route, responseValue);
    })
    .use(docs(root, config, clock))
    .use(probeRoutes(readiness))
    .use(metricsRoute(registry, config.OTP_METRICS_KEYS));
}
