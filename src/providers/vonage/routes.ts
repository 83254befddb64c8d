import { type Static, Type } from '@sinclair/typebox';
import { type Context, Elysia } from 'elysia';
import { isEmailAddress } from '../../delivery/email/address.ts';
import { checkedBody } from '../../http/body.ts';
import { oneOf } from '../../http/fields.ts';
import { ProblemError } from '../../http/problem.ts';
import { noBody } from '../../http/request.ts';
import { causeOf } from '../../http/request-id.ts';
import type { InboxMessage } from '../../levers/inbox/message.ts';
import { credentialCheck, credentialsOf } from '../credentials.ts';
import { packId, unpackId } from '../ids.ts';
import { guessOf, isPhoneNumber } from '../input.ts';
import type { ProviderParts } from '../parts.ts';
import type { Provider } from '../routes.ts';
import { showProblem, vonageError } from './errors.ts';
import { beginNextStep, LIMITS, viaOf, workflowOf } from './workflow.ts';

const step = Type.Object({
  channel: oneOf(['sms', 'whatsapp', 'whatsapp_interactive', 'voice', 'email', 'rcs'], {
    error: 'must be a channel that sends a code: sms, whatsapp, whatsapp_interactive, voice, email or rcs',
  }),
  to: Type.String({ error: 'must be a string' }),
});
const startBody = Type.Object({
  brand: Type.String({ minLength: 1, maxLength: 16, error: 'must be a string of 1 to 16 characters' }),
  workflow: Type.Array(step, { minItems: 1, maxItems: 8, error: 'must have 1 to 8 steps' }),
  channel_timeout: Type.Optional(
    Type.Integer({ minimum: 15, maximum: 900, error: 'must be from 15 to 900' }),
  ),
  code_length: Type.Optional(Type.Integer({ minimum: 4, maximum: 10, error: 'must be from 4 to 10' })),
  code: Type.Optional(Type.String({ pattern: '^[0-9]{4,10}$', error: 'must be 4 to 10 digits' })),
  client_ref: Type.Optional(
    Type.String({ minLength: 1, maxLength: 16, error: 'must be 1 to 16 characters' }),
  ),
});
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const checkBody = Type.Object({ code: Type.String({ error: 'must be a string' }) });

/** Vonage Verify v2: https://developer.vonage.com/en/api/verify.v2 */
export const vonage: Provider = {
  name: 'vonage',
  contentType: 'application/problem+json',
  show: showProblem,
  routes,
};

function routes(parts: ProviderParts) {
  const { otps, inbox, bus, strike, keys, clock } = parts;
  type Call = Pick<Context, 'request' | 'set'>;

  // A step that expires begins the next one.
  bus.subscribe(async (event) => {
    if (event.type !== 'otp.expired') return;
    const message = event.purpose.startsWith('vonage:') ? inbox.get(event.otp) : undefined;
    if (message !== undefined) await beginNextStep(parts, message, event.expiresAt, {});
  });

  const refuse = ({ set }: Pick<Call, 'set'>, ...error: Parameters<typeof vonageError>) => {
    const { status, body } = vonageError(...error);
    set.status = status;
    set.headers['content-type'] = vonage.contentType;
    return { ...body, instance: causeOf(set).requestId };
  };

  /** The pending step of a workflow; undefined once the workflow has ended, and for an unknown id. */
  const stepOf = (requestId: string): InboxMessage | undefined => {
    if (!UUID.test(requestId)) return undefined;
    const first = inbox.get(idOf(requestId));
    if (first === undefined || workflowOf(first) === undefined) return undefined;
    const newest = inbox.list({ user: first.user, purpose: first.purpose }, 1)[0];
    if (newest === undefined || requestIdOf(newest) !== requestId) return undefined;
    return newest.state === 'pending' ? newest : undefined;
  };

  return new Elysia({ prefix: '/vonage', detail: { hide: true } })
    .onTransform(credentialCheck(keys))
    .post(
      '/v2/verify',
      async ({ body, request, set }) => {
        const {
          workflow,
          brand,
          channel_timeout = 300,
          code_length: length,
          code,
          client_ref: clientRef,
        } = body;
        if (code !== undefined && length !== undefined && code.length !== length)
          return refuse({ set }, 'invalid-params', { detail: '`code` must have `code_length` characters.' });
        const wrong = workflow.findIndex(({ channel, to }) => recipientOf(channel, to) === undefined);
        const [step, ...next] = workflow;
        const user = step && recipientOf(step.channel, step.to);
        if (step === undefined || user === undefined || wrong !== -1)
          return refuse({ set }, 'invalid-params', { detail: `\`workflow[${wrong}].to\` is invalid.` });
        const struck = await strike('request', user, request, 'vonage');
        if (struck !== undefined) return struck;
        const purpose = `vonage:${applicationOf(request)}`;
        const stepMs = channel_timeout * 1_000;
        const via = viaOf({ ...step, to: user }, { brand, clientRef, stepMs, next: next.map(numbered) });
        const ask = { user, purpose, ttlMs: stepMs, code, length, own: LIMITS, whenLive: 'keep' } as const;
        const sent = await otps.request(ask, { ...causeOf(set), via });
        if ('refused' in sent) throw new ProblemError('capacity');
        const message = inbox.get(sent.id);
        const running = message === undefined ? uuidOf(sent.id) : requestIdOf(message);
        if (sent.how !== 'issued') return refuse({ set }, 'conflict', { request_id: running });
        set.status = 202;
        return { request_id: uuidOf(sent.id) };
      },
      checkedBody(startBody),
    )
    .post(
      '/v2/verify/:request',
      async ({ params, body, request, set }) => {
        const id = params.request;
        const step = stepOf(id);
        if (step === undefined) return refuse({ set }, 'not-found', notFound(id));
        const { user, purpose } = step;
        const struck = await strike('verify', user, request, 'vonage');
        if (struck !== undefined) return struck;
        const judged = await otps.verify({ user, purpose }, guessOf(body.code), causeOf(set));
        if (judged.verdict === 'verified') return { request_id: id, status: 'completed' };
        if (judged.verdict === 'wrong' && judged.checksLeft !== 0) return refuse({ set }, 'invalid-code');
        if (judged.verdict === 'none' || judged.verdict === 'expired')
          return refuse({ set }, 'not-found', notFound(id));
        // The third wrong code. No step begins any more.
        await otps.cancel({ user, purpose }, causeOf(set));
        return refuse({ set }, 'gone');
      },
      checkedBody(checkBody),
    )
    .post(
      '/v2/verify/:request/next_workflow',
      async ({ params, request, set }) => {
        const id = params.request;
        const step = stepOf(id);
        if (step === undefined) return refuse({ set }, 'not-found', notFound(id));
        const { user, purpose } = step;
        const struck = await strike('request', user, request, 'vonage');
        if (struck !== undefined) return struck;
        if (workflowOf(step)?.next.length === 0)
          return refuse({ set }, 'conflict', { detail: 'There are no more events left to trigger.' });
        const endedAt = clock.now();
        if (!(await otps.expireNow({ user, purpose }, causeOf(set))))
          return refuse({ set }, 'not-found', notFound(id));
        await beginNextStep(parts, step, endedAt, causeOf(set));
        return {};
      },
      noBody,
    )
    .delete(
      '/v2/verify/:request',
      async ({ params, request, set }) => {
        const id = params.request;
        const step = stepOf(id);
        if (step === undefined) return refuse({ set }, 'not-found', notFound(id));
        const { user, purpose } = step;
        const struck = await strike('cancel', user, request, 'vonage');
        if (struck !== undefined) return struck;
        if (!(await otps.cancel({ user, purpose }, causeOf(set))))
          return refuse({ set }, 'not-found', notFound(id));
        return new Response(null, { status: 204 });
      },
      noBody,
    );
}

function notFound(id: string) {
  const shown = id.replace(/[^0-9a-zA-Z-]/g, '').slice(0, 36);
  return { detail: `Request '${shown}' was not found or it has been verified already.` };
}

/** A recipient as the core has it, or undefined if it is not valid. Vonage writes numbers without the plus sign. */
function recipientOf(channel: Static<typeof step>['channel'], to: string): string | undefined {
  if (channel === 'email') return isEmailAddress(to) ? to : undefined;
  return isPhoneNumber(`+${to}`) ? `+${to}` : undefined;
}

function numbered({ channel, to }: Static<typeof step>) {
  return { channel, to: recipientOf(channel, to) ?? to };
}

/** The application of a call: that of its JWT, or its API key. */
function applicationOf(request: Request): string {
  const { name, secret = '' } = credentialsOf(request) ?? {};
  if (name !== undefined) return safe(name);
  try {
    const claims = JSON.parse(Buffer.from(secret.split('.')[1] ?? '', 'base64url').toString());
    return safe(String(claims.application_id));
  } catch {
    return 'unknown';
  }
}

function safe(name: string): string {
  return name.replace(/[^\w-]/g, '').slice(0, 40) || 'unknown';
}

/** The id of a code as a UUID (version 4), which Vonage's request ids are. */
function uuidOf(id: string): string {
  const digits = packId(id).slice(2);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-8${digits.slice(15, 18)}-${digits.slice(18)}`;
}

function idOf(uuid: string): string {
  const digits = uuid.replaceAll('-', '');
  return unpackId(digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(17), 'c');
}

/** The request id of the workflow that a step belongs to. */
function requestIdOf(message: InboxMessage): string {
  return uuidOf(workflowOf(message)?.first ?? message.id);
}
