import { Elysia } from 'elysia';
import type { Clock } from '../core/clock.ts';
import type { OtpService } from '../core/otp-service.ts';
import { keyCheck, keyDetail } from '../http/keys.ts';
import { clockRoutes } from './clock/routes.ts';
import { codeRoutes } from './codes/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { faultRoutes } from './faults/routes.ts';
import { inboxRoutes } from './inbox/routes.ts';
import type { Levers } from './levers.ts';
import { stateRoutes } from './reset/routes.ts';
import type { LeverSettings } from './settings.ts';

export interface MockParts {
  readonly levers: Levers;
  readonly otps: OtpService;
  readonly config: LeverSettings;
  readonly clock: Clock;
  /** Aborts when the service is about to stop: who waits is answered, and streams end. */
  readonly ending: AbortSignal;
}

/** `/mock/*`: what the real provider cannot give a test. */
export function mockRoutes({ levers, otps, config, clock, ending }: MockParts) {
  const checkKey = keyCheck(config.OTP_API_KEYS);
  return new Elysia({ prefix: '/mock', tags: ['mock'], detail: keyDetail(config.OTP_API_KEYS) })
    .onTransform(checkKey)
    .use(inboxRoutes(levers, clock, ending))
    .use(eventRoutes(levers.history, clock, ending))
    .use(clockRoutes(levers.clock))
    .use(codeRoutes(levers))
    .use(faultRoutes(levers))
    .use(stateRoutes(otps, levers));
}
