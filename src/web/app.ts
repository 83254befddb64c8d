import { Elysia, ElysiaCustomStatusResponse } from 'elysia';
import { idSource } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Config } from '../kernel/settings.ts';
import type { OtpService } from '../otp/otp-service.ts';
import { docs } from './docs.ts';
import { errorAnswers } from './errors.ts';
import { hostCheck } from './host-check.ts';
import { otpRoutes } from './otp-routes.ts';
import { probeRoutes } from './probe-routes.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { nameRequests } from './request-id.ts';

export interface AppParts {
  readonly otps: OtpService;
  readonly config: Config;
  readonly log: Log;
  /** Whether the service takes requests now. */
  readonly ready: () => Promise<boolean>;
  /** Names this run of the service: the first part of the ids that it gives to requests. */
  readonly run: string;
}

/** The HTTP API. It needs no port: `app.handle(request)` answers as a server would. */
export function createApp({ otps, config, log, ready, run }: AppParts) {
  // Unknown fields are errors, not dropped in silence; `/otp/verify/` is another path than `/otp/verify`.
  const root = new Elysia({ normalize: false, strictPath: true });

  const checkHost = hostCheck(config.OTP_ALLOWED_HOSTS);

  // Hooks reach only the routes that come after them.
  return root
    .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .onRequest(nameRequests(idSource(run, 'r')))
    .onError(
      { as: 'global' },
      errorAnswers(log, (path) => methodsAt(path, root.routes)),
    )
    .onRequest(({ request }) => {
      if (config.OTP_MODE === 'mock') checkHost(request);
    })
    .onAfterHandle({ as: 'global' }, ({ responseValue, set }) => {
      if (responseValue instanceof ElysiaCustomStatusResponse && responseValue.code >= 400)
        set.headers['content-type'] = PROBLEM_TYPE;
    })
    .use(docs(config.OTP_API_KEYS.length > 0))
    .use(probeRoutes(ready))
    .use(otpRoutes(otps, config));
}

/** The API's type, for Eden: `treaty<App>(url)`. */
export type App = ReturnType<typeof createApp>;

/** The methods that routes take at exactly this path. Whoever takes GET takes HEAD. */
function methodsAt(path: string, routes: readonly { method: string; path: string }[]): string[] {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
