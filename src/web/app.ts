import { Elysia, ElysiaCustomStatusResponse } from 'elysia';
import type { Config } from '../kernel/config.ts';
import type { Log } from '../kernel/log.ts';
import type { OtpService } from '../otp/otp-service.ts';
import { docs } from './docs.ts';
import { errorAnswers } from './errors.ts';
import { readJson } from './json-body.ts';
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

  // Hooks reach only the routes that come after them.
  return root
    .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .onRequest(nameRequests(run))
    .onParse({ as: 'global' }, ({ request }) => readJson(request))
    .onError(
      { as: 'global' },
      errorAnswers(log, (path) => methodsAt(path, root.routes)),
    )
    .onAfterHandle({ as: 'global' }, ({ responseValue, set }) => {
      // What a route returns with `status` is a problem; a success is a plain value.
      if (responseValue instanceof ElysiaCustomStatusResponse) set.headers['content-type'] = PROBLEM_TYPE;
    })
    .use(docs())
    .use(probeRoutes(ready))
    .use(otpRoutes(otps, config));
}

/** The API's type, for Eden: `treaty<App>(url)`. */
export type App = ReturnType<typeof createApp>;

/** The methods that routes take at exactly this path. Whoever takes GET takes HEAD. */
function methodsAt(path: string, routes: readonly { method: string; path: string }[]): string[] {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.slice(1)] : methods;
}
