import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import type { OtpService } from '../../core/otp-service.ts';
import { DEFAULT_PURPOSE } from '../../core/store.ts';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS } from '../../http/common-answers.ts';
import { closed, purpose, user } from '../../http/fields.ts';
import { noCode, problemSchema } from '../../http/problem.ts';
import { causeOf } from '../../http/request-id.ts';

const expireBody = Type.Object({ user, purpose }, { ...closed, examples: [{ user: 'alice' }] });

/** `/mock/expire`: expires one code now. */
export function expireRoutes(otps: OtpService) {
  return new Elysia({ tags: ['clock'] }).post(
    '/expire',
    async ({ body: { user, purpose = DEFAULT_PURPOSE }, set, status }) => {
      const expired = await otps.expireNow({ user, purpose }, causeOf(set));
      return expired ? { message: 'OTP expired' } : status(404, noCode(purpose));
    },
    {
      ...checkedBody(expireBody),
      response: {
        200: Type.Object(
          { message: Type.String() },
          {
            description: 'The code is expired. Verifying it answers 410 for a minute.',
            examples: [{ message: 'OTP expired' }],
          },
        ),
        ...BODY_ANSWERS,
        404: problemSchema(['no_code']),
      },
      detail: {
        summary: 'Expire one code',
        description:
          'Expires a live code now. Use it in tests that run in parallel: they share one clock, and can’t move it for themselves.',
      },
    },
  );
}
