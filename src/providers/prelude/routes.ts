import { type Static, Type } from '@sinclair/typebox';
import { type Context, Elysia } from 'elysia';
import { isEmailAddress } from '../../delivery/email/address.ts';
import { checkedBody } from '../../http/body.ts';
import { oneOf } from '../../http/fields.ts';
import { type Problem, ProblemError } from '../../http/problem.ts';
import { causeOf } from '../../http/request-id.ts';
import { credentialCheck } from '../credentials.ts';
import { packId } from '../ids.ts';
import { guessOf, isPhoneNumber } from '../input.ts';
import type { ProviderParts } from '../parts.ts';
import type { Provider } from '../routes.ts';

/** Prelude tells neither how long a verification is valid nor how often it may be checked and sent: not confirmed. */
const TTL_MS = 600_000;
const LIMITS = { checks: 5, resends: 4 };

const target = Type.Object({ type: oneOf(['phone_number', 'email_address'], {}), value: Type.String() });
type Target = Static<typeof target>;
const options = Type.Partial(
  Type.Object({
    code_size: Type.Integer({ minimum: 4, maximum: 8 }),
    custom_code: Type.String({ pattern: '^[0-9]{4,8}$', error: 'must be 4 to 8 digits' }),
    method: oneOf(['auto', 'voice', 'message'], {}),
    preferred_channel: Type.String({ pattern: '^[a-z_]{1,32}$' }),
  }),
);
const startBody = Type.Object({ target, options: Type.Optional(options) });
const checkBody = Type.Object({ target, code: Type.String() });

/** Prelude's errors that a fault may name, with their statuses. */
const STATUSES = new Map([
  ['invalid_phone_number', 400],
  ['invalid_email_address', 400],
  ['unauthorized', 401],
  ['rate_limited', 429],
]);
const TYPES: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  404: 'not_found',
  429: 'rate_limited',
};

/** What Prelude calls a verdict. */
const OUTCOMES = {
  verified: 'success',
  wrong: 'failure',
  expired: 'expired_or_not_found',
  none: 'expired_or_not_found',
};

/** Prelude Verify v2: https://docs.prelude.so/verify/v2/documentation */
export const prelude: Provider = {
  name: 'prelude',
  contentType: 'application/json',
  show: ({ code, status, detail, error }: Problem) => {
    const name = error === undefined ? code : String(error);
    return refusal(name, detail, error === undefined ? status : (STATUSES.get(name) ?? status));
  },
  routes,
};

function isValid({ type, value }: Target): boolean {
  return type === 'email_address' ? isEmailAddress(value) : isPhoneNumber(value);
}

/** A refusal in Prelude's form. */
function refusal(code: string, message: string, status = STATUSES.get(code) ?? 400) {
  return {
    status,
    body: { code, message, type: TYPES[status] ?? (status < 500 ? 'bad_request' : 'internal') },
  };
}

function routes({ otps, strike, keys }: ProviderParts) {
  type Call = Pick<Context, 'request' | 'set'>;

  const refuse = ({ set }: Call, code: string, message: string) => {
    const { status, body } = refusal(code, message);
    set.status = status;
    return { ...body, ...named(set) };
  };
  const refuseTarget = (call: Call, { type }: Target) =>
    refuse(call, `invalid_${type}`, `"target.value" must be a valid ${type.replace('_', ' ')}.`);
  const named = (set: Context['set']) => ({ request_id: causeOf(set).requestId });

  return new Elysia({ prefix: '/prelude', detail: { hide: true } })
    .onTransform(credentialCheck(keys))
    .post(
      '/v2/verification',
      async ({ body: { target, options = {} }, request, set }) => {
        const { type, value: user } = target;
        if (!isValid(target)) return refuseTarget({ request, set }, target);
        const struck = await strike('request', user, request, 'prelude');
        if (struck !== undefined) return struck;
        const { code_size: length, custom_code: code, method } = options;
        const how = type === 'email_address' ? 'email' : method === 'voice' ? 'voice' : 'message';
        const channel = options.preferred_channel ?? (how === 'message' ? 'sms' : how);
        const via = { provider: 'prelude', channel, to: user, text: 'Your verification code is: {code}' };
        const ask = { user, purpose: 'prelude', ttlMs: TTL_MS, code, length, own: LIMITS } as const;
        const sent = await otps.request({ ...ask, whenLive: 'resend' }, { ...causeOf(set), via });
        if ('refused' in sent) {
          if (sent.refused === 'capacity') throw new ProblemError('capacity');
          return refuse({ request, set }, 'rate_limited', 'Too many attempts for this verification.');
        }
        const status = sent.how === 'issued' ? 'success' : 'retry';
        return { id: `vrf_${packId(sent.id)}`, status, method: how, channels: [channel], ...named(set) };
      },
      checkedBody(startBody),
    )
    .post(
      '/v2/verification/check',
      async ({ body: { target, code }, request, set }) => {
        const { value: user } = target;
        if (!isValid(target)) return refuseTarget({ request, set }, target);
        const struck = await strike('verify', user, request, 'prelude');
        if (struck !== undefined) return struck;
        const judged = await otps.verify({ user, purpose: 'prelude' }, guessOf(code), causeOf(set));
        if (judged.verdict === 'locked')
          return refuse({ request, set }, 'rate_limited', 'Too many checks of this verification.');
        const id = 'otp' in judged ? { id: `vrf_${packId(judged.otp.id)}` } : {};
        return { status: OUTCOMES[judged.verdict], ...id, ...named(set) };
      },
      checkedBody(checkBody),
    );
}
