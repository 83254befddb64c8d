import { Type } from '@sinclair/typebox';
import { type Context, Elysia, t } from 'elysia';
import type { OtpService } from '../core/otp-service.ts';
import type { CoreSettings } from '../core/settings.ts';
import { DEFAULT_PURPOSE } from '../core/store.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { checkedBody } from '../http/body.ts';
import { BODY_ANSWERS, retryAfter } from '../http/common-answers.ts';
import { invalidRequest } from '../http/field-errors.ts';
import { keyCheck, keyDetail } from '../http/keys.ts';
import { type ProblemCode, problem, problemSchema } from '../http/problem.ts';
import { causeOf } from '../http/request-id.ts';
import type { HttpSettings } from '../http/settings.ts';
import { isoWriter } from '../log/iso-time.ts';
import { cancelAnswer, cancelBody, requestAnswer, requestBody, verifyAnswer, verifyBody } from './models.ts';

const attemptsLeft = Type.Optional(
  Type.Integer({
    description: 'Wrong codes until the lock; absent where there is no limit, and in strict mode',
  }),
);

/** When to ask again for a code that could not be delivered, in milliseconds. */
const BUSY_MS = 1_000;

/** A problem that passes by itself, and says when. */
function passing<C extends ProblemCode>(set: Context['set'], code: C, waitMs: number) {
  const retryAfter = Math.ceil(waitMs / 1_000);
  set.headers['retry-after'] = String(retryAfter);
  return problem(code, { retryAfter });
}

/** `/otp/*`: request, verify and cancel a one-time password. */
export function otpRoutes(otps: OtpService, delivery: Delivery, config: CoreSettings & HttpSettings) {
  const strict = config.OTP_MODE === 'strict';
  const checkKey = keyCheck(config.OTP_API_KEYS);
  const iso = isoWriter();
  return new Elysia({ prefix: '/otp', tags: ['otp'], detail: keyDetail(config.OTP_API_KEYS) })
    .onTransform(checkKey)
    .post(
      '/request',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE, ttl = config.OTP_TTL, code } = body;
        const resolved = delivery.resolve(body);
        if ('wrong' in resolved) throw invalidRequest([resolved.wrong]);
        const { destination } = resolved;
        const ask = { user, purpose, ttlMs: ttl * 1_000, code, destination };
        const otp = await delivery.issue(destination, () => otps.request(ask, causeOf(set)));
        if (otp === undefined) return status(503, passing(set, 'delivery_busy', BUSY_MS));
        if ('refused' in otp) {
          return otp.refused === 'capacity'
            ? status(503, passing(set, otp.refused, otp.waitMs))
            : status(429, passing(set, otp.refused, otp.waitMs));
        }
        return {
          message: 'OTP generated successfully' as const,
          id: otp.id,
          user,
          purpose,
          ...(!strict && { code: otp.code }),
          expiresIn: ttl,
          expiresAt: iso(otp.expiresAt),
          delivery: destination ? ('queued' as const) : ('none' as const),
        };
      },
      {
        ...checkedBody(requestBody(config)),
        response: {
          // Known to callers, to the compiler and to tests, and not checked for each answer: see docs/benchmarks.md for what that took.
          200: t.NoValidate(requestAnswer),
          ...BODY_ANSWERS,
          429: problemSchema(['locked', 'resend_cooldown', 'send_limit'], { retryAfter }),
          503: problemSchema(['capacity', 'delivery_busy', 'store_unavailable'], { retryAfter }),
        },
        detail: {
          summary: 'Request a code',
          description:
            'Makes a code for a user and a purpose. It replaces the earlier one, if there is any. A request that is refused changes nothing. With a channel the code is sent to the user too; the answer does not wait for that, and nothing is sent once the code has ended. A channel that is not configured is a 400 that names the setting it needs. Where the channel has no room, no code is made: 503 delivery_busy, before any other refusal.',
        },
      },
    )
    .post(
      '/verify',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE, code } = body;
        const judged = await otps.verify({ user, purpose }, code, causeOf(set));
        if (judged.verdict === 'verified')
          return { message: 'OTP verified successfully' as const, user, purpose };
        if (judged.verdict === 'locked') return status(429, passing(set, 'locked', judged.waitMs));
        // In strict mode nobody learns from the answer who has a code, or had one.
        if (strict) return status(401, problem('invalid_code'));
        switch (judged.verdict) {
          case 'wrong': {
            const { attemptsLeft } = judged;
            return status(
              401,
              problem('invalid_code', { ...(attemptsLeft !== undefined && { attemptsLeft }) }),
            );
          }
          case 'expired':
            return status(410, problem('code_expired'));
          case 'none':
            return status(404, problem('no_code'));
        }
      },
      {
        ...checkedBody(verifyBody),
        response: {
          200: t.NoValidate(verifyAnswer),
          ...BODY_ANSWERS,
          401: problemSchema(['invalid_code', 'unauthorized'], { attemptsLeft }),
          404: problemSchema(['no_code']),
          410: problemSchema(['code_expired']),
          429: problemSchema(['locked'], { retryAfter }),
        },
        detail: {
          summary: 'Verify a code',
          description:
            'Checks a code and spends it: of any number of simultaneous verifications exactly one succeeds. An expired code is known as such for 60 seconds after its time, then there is no code. In strict mode a wrong, an expired and no code are all answered 401 invalid_code, without attemptsLeft.',
        },
      },
    )
    .post(
      '/cancel',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE } = body;
        const done = await otps.cancel({ user, purpose }, causeOf(set));
        return done || strict ? { message: 'OTP cancelled' as const } : status(404, problem('no_code'));
      },
      {
        ...checkedBody(cancelBody),
        response: { 200: cancelAnswer, ...BODY_ANSWERS, 404: problemSchema(['no_code']) },
        detail: {
          summary: 'Cancel a code',
          description:
            'Ends a live code. A code that has run out is not there to be cancelled, and stays as it is. In strict mode the answer is always 200.',
        },
      },
    );
}
