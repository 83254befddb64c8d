import { Elysia, t } from 'elysia';
import type { OtpService } from '../core/otp-service.ts';
import type { CoreSettings } from '../core/settings.ts';
import { DEFAULT_PURPOSE } from '../core/store.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { checkedBody } from '../http/body.ts';
import { BODY_ANSWERS, retryAfter } from '../http/common-answers.ts';
import { invalidRequest } from '../http/field-errors.ts';
import { keyDetail, keyHooks } from '../http/keys.ts';
import { noCode, type ProblemCode, problem, problemSchema } from '../http/problem.ts';
import { causeOf } from '../http/request-id.ts';
import type { HttpSettings } from '../http/settings.ts';
import { isoWriter } from '../log/iso-time.ts';
import * as models from './models.ts';

/** A problem that passes by itself after `waitMs`. */
function temporary<C extends ProblemCode>(code: C, waitMs: number) {
  return problem(code, { retryAfter: Math.ceil(waitMs / 1_000) });
}

/** `/otp/*`: request, verify and cancel a one-time password. */
export function otpRoutes(otps: OtpService, delivery: Delivery, config: CoreSettings & HttpSettings) {
  const strict = config.OTP_MODE === 'strict';
  const iso = isoWriter();
  return new Elysia({ prefix: '/otp', tags: ['otp'], detail: keyDetail(config.OTP_API_KEYS) })
    .onTransform(keyHooks(config.OTP_API_KEYS))
    .post(
      '/request',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE, ttl = config.OTP_TTL, code, resend = false } = body;
        const resolved = delivery.resolve(body);
        if ('wrong' in resolved) throw invalidRequest([resolved.wrong]);
        const { destination, address } = resolved;
        const whenLive = resend && !strict ? 'resend' : undefined;
        const ask = { user, purpose, ttlMs: ttl * 1_000, code, destination, address, whenLive } as const;
        const otp = await delivery.issue(destination, () => otps.request(ask, causeOf(set)));
        if (otp === undefined) return status(503, problem('delivery_busy', { retryAfter: 1 }));
        if ('refused' in otp) {
          return otp.refused === 'capacity'
            ? status(503, temporary(otp.refused, otp.waitMs))
            : status(429, temporary(otp.refused, otp.waitMs));
        }
        return {
          message: 'OTP generated successfully' as const,
          id: otp.id,
          user,
          purpose,
          ...(!strict && { code: otp.code }),
          expiresIn: Math.ceil(otp.leftMs / 1_000),
          expiresAt: iso(otp.expiresAt),
          delivery: destination ? ('queued' as const) : ('none' as const),
        };
      },
      {
        ...checkedBody(models.requestBody(config)),
        response: {
          // Types and documents the answer. A test validates it: doing so for each answer costs throughput, as
          // docs/benchmarks.md shows.
          200: t.NoValidate(models.requestAnswer),
          ...BODY_ANSWERS,
          429: problemSchema(['locked', 'resend_cooldown', 'send_limit'], { retryAfter }),
          503: problemSchema(['capacity', 'delivery_busy', 'store_unavailable'], { retryAfter }),
        },
        detail: {
          summary: 'Request a code',
          description:
            'Issues a code for a user and a purpose. It replaces an earlier one, unless `resend` sends that again. A refused request changes nothing. With a channel the code is also delivered. The answer does not wait for the delivery, and a code that has ended is not sent. A channel that is not configured is a 400 that names the missing setting. If the channel takes no more messages, no code is issued: 503 delivery_busy, checked before all other refusals.',
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
        if (judged.verdict === 'locked') return status(429, temporary('locked', judged.waitMs));
        // In strict mode the answer does not reveal which users have a code, or had one.
        if (strict) return status(401, problem('invalid_code'));
        if (judged.verdict === 'none') return status(404, noCode(purpose));
        if (judged.verdict === 'expired') return status(410, problem('code_expired'));
        const { attemptsLeft } = judged;
        return status(401, problem('invalid_code', attemptsLeft === undefined ? {} : { attemptsLeft }));
      },
      {
        ...checkedBody(models.verifyBody),
        response: {
          200: t.NoValidate(models.verifyAnswer),
          ...BODY_ANSWERS,
          401: problemSchema(['invalid_code', 'unauthorized'], { attemptsLeft: models.attemptsLeft }),
          404: problemSchema(['no_code']),
          410: problemSchema(['code_expired']),
          429: problemSchema(['locked'], { retryAfter }),
        },
        detail: {
          summary: 'Verify a code',
          description:
            'Verifies a code and spends it: of any number of simultaneous verifications exactly one succeeds. For 60 seconds after its expiry a code answers 410 code_expired, then 404 no_code. Strict mode answers a wrong, an expired and a missing code alike: 401 invalid_code, without attemptsLeft.',
        },
      },
    )
    .post(
      '/cancel',
      async ({ body, set, status }) => {
        const { user, purpose = DEFAULT_PURPOSE } = body;
        const cancelled = await otps.cancel({ user, purpose }, causeOf(set));
        return cancelled || strict ? { message: 'OTP cancelled' as const } : status(404, noCode(purpose));
      },
      {
        ...checkedBody(models.cancelBody),
        response: { 200: models.cancelAnswer, ...BODY_ANSWERS, 404: problemSchema(['no_code']) },
        detail: {
          summary: 'Cancel a code',
          description:
            'Ends a live code. An expired code cannot be cancelled: it stays expired. Strict mode always answers 200.',
        },
      },
    );
}
