import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import type { Config } from '../kernel/config.ts';
import type { OtpService } from '../otp/otp-service.ts';
import {
  cancelBody,
  cancelled,
  DEFAULT_PURPOSE,
  requestBody,
  requested,
  verified,
  verifyBody,
} from './models.ts';
import { FieldError, problem, problemSchema } from './problem.ts';
import { causeOf } from './request-id.ts';

/** What every route here may answer before it comes to its own business. */
const common = {
  400: problemSchema(['malformed_json', 'invalid_request'], {
    errors: Type.Optional(Type.Array(FieldError)),
  }),
  413: problemSchema(['body_too_large']),
  415: problemSchema(['unsupported_media_type']),
  500: problemSchema(['internal']),
};

/** `/otp/*`: request, verify and cancel a one-time password. */
export function otpRoutes(otps: OtpService, config: Pick<Config, 'OTP_TTL' | 'OTP_MAX_TTL'>) {
  return new Elysia({ prefix: '/otp', tags: ['otp'] })
    .post(
      '/request',
      async ({ body, set }) => {
        const { user, purpose = DEFAULT_PURPOSE, ttl = config.OTP_TTL, code } = body;
        const otp = await otps.request({ user, purpose, ttlMs: ttl * 1_000, code }, causeOf(set));
        return {
          message: 'OTP generated successfully' as const,
          id: otp.id,
          user,
          purpose,
          code: otp.code,
          expiresIn: ttl,
          expiresAt: new Date(otp.expiresAt).toISOString(),
        };
      },
      {
        body: requestBody({ usual: config.OTP_TTL, longest: config.OTP_MAX_TTL }),
        response: { 200: requested, ...common },
        detail: {
          summary: 'Request a code',
          description: 'Makes a code for a user and a purpose. It replaces the earlier one, if there is any.',
        },
      },
    )
    .post(
      '/verify',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE, code } = body;
        switch (await otps.verify({ user, purpose }, code, causeOf(set))) {
          case 'verified':
            return { message: 'OTP verified successfully' as const, user, purpose };
          case 'wrong':
            return status(401, problem('invalid_code'));
          case 'expired':
            return status(410, problem('code_expired'));
          case 'none':
            return status(404, problem('no_code'));
        }
      },
      {
        body: verifyBody,
        response: {
          200: verified,
          401: problemSchema(['invalid_code']),
          404: problemSchema(['no_code']),
          410: problemSchema(['code_expired']),
          ...common,
        },
        detail: {
          summary: 'Verify a code',
          description:
            'Checks a code and spends it: of any number of simultaneous verifications exactly one succeeds. An expired code is known as such for 60 seconds after its time, then there is no code.',
        },
      },
    )
    .post(
      '/cancel',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE } = body;
        const done = await otps.cancel({ user, purpose }, causeOf(set));
        return done ? { message: 'OTP cancelled' as const } : status(404, problem('no_code'));
      },
      {
        body: cancelBody,
        response: { 200: cancelled, 404: problemSchema(['no_code']), ...common },
        detail: {
          summary: 'Cancel a code',
          description:
            'Ends a live code. A code that has run out is not there to be cancelled, and stays as it is.',
        },
      },
    );
}
