import { Elysia } from 'elysia';
import type { OtpService } from '../core/otp-service.ts';
import { keyDetail, keyHooks } from '../http/keys.ts';
import { clockRoutes } from './clock/routes.ts';
import { codeRoutes } from './codes/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { expireRoutes } from './expire/routes.ts';
import { faultRoutes } from './faults/routes.ts';
import { inboxRoutes } from './inbox/routes.ts';
import type { Levers } from './levers.ts';
import { resetRoutes } from './reset/routes.ts';
import type { LeverSettings } from './settings.ts';
import { wheelRoutes } from './wheel/routes.ts';

export interface MockParts {
  readonly levers: Levers;
  readonly otps: OtpService;
  readonly config: LeverSettings;
  /** Aborts when the service is about to stop: long polls are answered, and streams end. */
  readonly ending: AbortSignal;
}

/** `/mock/*`: what a real provider can't give a test. A lever adds its routes here, in one line. */
export function mockRoutes({ levers, otps, config, ending }: MockParts) {
  return new Elysia({ prefix: '/mock', detail: keyDetail(config.OTP_API_KEYS) })
    .onTransform(keyHooks(config.OTP_API_KEYS))
    .use(inboxRoutes(levers, ending))
    .use(eventRoutes(levers, ending))
    .use(clockRoutes(levers))
    .use(codeRoutes(levers.fixedCodes))
    .use(faultRoutes(levers.faults))
    .use(expireRoutes(otps))
    .use(resetRoutes(levers))
    .use(wheelRoutes(levers));
}
