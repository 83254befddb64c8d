import { Elysia } from 'elysia';
import type { Clock } from '../core/clock.ts';
import type { OtpService } from '../core/otp-service.ts';
import { keyCheck, keyDetail } from '../http/keys.ts';
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
  readonly clock: Clock;
  /** Aborts when the service is about to stop: long polls are answered, and streams end. */
  readonly ending: AbortSignal;
}

/** `/mock/*`: what a real provider can't give a test. A lever adds its routes here, in one line. */
export function mockRoutes({ levers, otps, config, clock, ending }: MockParts) {
  const checkKey = keyCheck(config.OTP_API_KEYS);
  return new Elysia({ prefix: '/mock', tags: ['mock'], detail: keyDetail(config.OTP_API_KEYS) })
    .onTransform(checkKey)
    .use(inboxRoutes(levers, clock, ending))
    .use(eventRoutes(levers.history, clock, ending))
    .use(clockRoutes(levers))
    .use(codeRoutes(levers.fixedCodes))
    .use(faultRoutes(levers.faults))
    .use(expireRoutes(otps))
    .use(resetRoutes(levers))
    .use(wheelRoutes(levers));
}
