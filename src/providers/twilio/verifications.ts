import type { Cause } from '../../core/events.ts';
import type { OtpKey } from '../../core/store.ts';
import { isEmailAddress } from '../../delivery/email/address.ts';
import { ProblemError } from '../../http/problem.ts';
import type { InboxMessage } from '../../levers/inbox/message.ts';
import { packId, unpackId } from '../ids.ts';
import { guessOf, isPhoneNumber } from '../input.ts';
import type { ProviderParts } from '../parts.ts';
import {
  type Answer,
  invalidParameter,
  LONGEST_NAME,
  missingParameter,
  notFound,
  twilioError,
} from './errors.ts';
import { type Account, link, second } from './format.ts';
import type { Service } from './services.ts';

/** How long a verification is valid: ten minutes, which only Twilio's support can change. */
const TTL_MS = 600_000;

/** Five checks and five sends for each verification. */
const LIMITS = { checks: 5, resends: 4 };

/** Channels that send a code. Twilio has more, which need a carrier or an agreement. */
const CHANNELS = ['sms', 'call', 'email', 'whatsapp'];

/** A verification as answers show it. */
interface Verification {
  readonly id: string;
  readonly user: string;
  readonly channel: string;
  readonly createdAt: number;
  readonly sends: InboxMessage['sends'];
}

/** One call about the verifications of a service. */
export interface Call {
  readonly service: Service;
  readonly account: Account;
  readonly request: Request;
  readonly cause: Cause;
}

/** Twilio Verify v2, as far as codes go: https://www.twilio.com/docs/verify/api */
export class Verifications {
  readonly #parts: ProviderParts;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
  }

  /** `POST …/Verifications`: sends a code; the same code again while one is pending. */
  async start(form: URLSearchParams, call: Call): Promise<Answer | Response> {
    const { service, request } = call;
    const to = form.get('To');
    const channel = form.get('Channel');
    if (to === null) return missingParameter('To');
    if (channel === null) return missingParameter('Channel');
    if (!CHANNELS.includes(channel)) return invalidParameter('Channel', channel);
    if (channel === 'email' ? !isEmailAddress(to) : !isPhoneNumber(to)) return invalidParameter('To', to);
    const locale = form.get('Locale');
    if (locale !== null && !/^[a-z]{2,3}(-[a-z0-9]{2,4})?$/i.test(locale))
      return invalidParameter('Locale', locale);
    for (const name of ['CustomFriendlyName', 'AppHash']) {
      const value = form.get(name) ?? '';
      if (value.length > LONGEST_NAME) return invalidParameter(name, value);
    }
    const code = form.get('CustomCode') ?? undefined;
    if (code !== undefined && !service.flags['custom_code_enabled']) return twilioError(60204);
    if (code !== undefined && guessOf(code) !== code) return invalidParameter('CustomCode', code);
    const struck = await this.#parts.strike('request', to, request, 'twilio');
    if (struck !== undefined) return struck;

    const text = textOf(service, form);
    const cause = { ...call.cause, via: { provider: 'twilio', channel, to, text } };
    const { clock, otps, inbox } = this.#parts;
    const startedAt = clock.now();
    const ask = {
      ...verificationKey(service, to),
      ttlMs: TTL_MS,
      code,
      length: service.codeLength,
      own: LIMITS,
    };
    const sent = await otps.request({ ...ask, whenLive: 'resend' }, cause);
    if ('refused' in sent) {
      if (sent.refused === 'capacity') throw new ProblemError('capacity');
      return twilioError(sent.refused === 'locked' ? 60202 : 60203);
    }
    const message = inbox.get(sent.id);
    // With a shared store the inbox learns of this send after the call.
    const known = message?.sends ?? [];
    const isKnown = known.some(({ time }) => time >= startedAt);
    const sends = isKnown ? known : [...known, { time: startedAt, channel }];
    const createdAt = message?.createdAt ?? startedAt;
    const shown = this.#show({ id: sent.id, user: to, channel, createdAt, sends }, call);
    return { status: 201, body: { ...shown, ...PENDING } };
  }

  /** `GET …/Verifications/{sid or To}` */
  read(named: string, call: Call): Answer {
    const message = this.#find(named, call);
    const status = message && this.#statusOf(message);
    if (message === undefined || status === undefined)
      return notFound(`/Services/${call.service.sid}/Verifications/${named}`);
    return { status: 200, body: { ...this.#show(message, call), status, valid: false } };
  }

  /** `POST …/Verifications/{sid or To}`: ends a verification, canceled or approved. */
  async end(named: string, form: URLSearchParams, call: Call): Promise<Answer | Response> {
    const status = form.get('Status');
    if (status === null) return missingParameter('Status');
    if (status !== 'canceled' && status !== 'approved') return invalidParameter('Status', status);
    const message = this.#find(named, call);
    const gone = notFound(`/Services/${call.service.sid}/Verifications/${named}`);
    if (message === undefined || !this.#isOpen(message)) return gone;
    const struck = await this.#parts.strike('cancel', message.user, call.request, 'twilio');
    if (struck !== undefined) return struck;
    const { otps } = this.#parts;
    const key = verificationKey(call.service, message.user);
    const ended =
      status === 'canceled'
        ? await otps.cancel(key, call.cause)
        : (await otps.verify(key, message.code, call.cause)).verdict === 'verified';
    if (!ended) return gone;
    return { status: 200, body: { ...this.#show(message, call), status, valid: status === 'approved' } };
  }

  /** `POST …/VerificationCheck` */
  async check(form: URLSearchParams, call: Call): Promise<Answer | Response> {
    const { service } = call;
    const code = form.get('Code');
    if (code === null) return missingParameter('Code');
    if (code.length < 4 || code.length > 10) return invalidParameter('Code', code);
    const sid = form.get('VerificationSid');
    const to = form.get('To');
    if (sid === null && to === null) return missingParameter('To');
    if (to !== null && !isPhoneNumber(to) && !isEmailAddress(to)) return invalidParameter('To', to);
    const gone = notFound(`/Services/${service.sid}/VerificationCheck`);
    const named = sid === null ? undefined : this.#find(sid, call);
    if (sid !== null && (named === undefined || !this.#isOpen(named))) return gone;
    const user = named?.user ?? to ?? '';
    const struck = await this.#parts.strike('verify', user, call.request, 'twilio');
    if (struck !== undefined) return struck;

    const judged = await this.#parts.otps.verify(verificationKey(service, user), guessOf(code), call.cause);
    if (judged.verdict === 'locked') return twilioError(60202);
    if (judged.verdict === 'none' || judged.verdict === 'expired') return gone;
    const { id } = judged.otp;
    const now = this.#parts.clock.now();
    const { channel = 'sms', createdAt = now } = this.#parts.inbox.get(id) ?? {};
    const {
      url: _,
      lookup: __,
      send_code_attempts: ___,
      sna: ____,
      ...shown
    } = this.#show({ id, user, channel, createdAt, sends: [] }, call);
    const isRight = judged.verdict === 'verified';
    const outcome = { status: isRight ? 'approved' : 'pending', valid: isRight };
    return { status: 200, body: { ...shown, ...outcome, sna_attempts_error_codes: [] } };
  }

  /** The newest verification of a recipient, or the one with this SID. */
  #find(named: string, { service }: Call): InboxMessage | undefined {
    const { inbox } = this.#parts;
    const [, packed] = /^VE([0-9a-f]{32})$/.exec(named) ?? [];
    const purpose = purposeOf(service);
    if (packed === undefined) return inbox.list({ user: named, purpose }, 1)[0];
    const message = inbox.get(unpackId(packed, 'c'));
    return message?.purpose === purpose ? message : undefined;
  }

  /** The status of a verification that can still be read: neither approved nor past its ten minutes. */
  #statusOf({ state, expiresAt }: InboxMessage): string | undefined {
    return this.#parts.clock.now() < expiresAt ? READABLE[state] : undefined;
  }

  #isOpen(message: InboxMessage): boolean {
    return ['pending', 'max_attempts_reached'].includes(this.#statusOf(message) ?? '');
  }

  #show({ id, user, channel, createdAt, sends }: Verification, { service, account }: Call) {
    const packed = packId(id);
    const sid = `VE${packed}`;
    return {
      sid,
      service_sid: service.sid,
      account_sid: account,
      to: user,
      channel,
      lookup: {},
      amount: null,
      payee: null,
      send_code_attempts: sends.map(({ time, channel }, i) => ({
        time: second(time),
        channel: channel.toUpperCase(),
        // The first digit of a packed id is 0.
        attempt_sid: `VL${((i + 1) % 16).toString(16)}${packed.slice(1)}`,
      })),
      sna: null,
      date_created: second(createdAt),
      date_updated: second(this.#parts.clock.now()),
      url: link(`/v2/Services/${service.sid}/Verifications/${sid}`),
    };
  }
}

const PENDING = { status: 'pending', valid: false };

/** What Twilio calls the states that a call can still read. */
const READABLE: Readonly<Partial<Record<InboxMessage['state'], string>>> = {
  pending: 'pending',
  locked: 'max_attempts_reached',
  cancelled: 'canceled',
};

function purposeOf({ sid }: Service): string {
  return `twilio:${sid}`;
}

function verificationKey(service: Service, to: string): OtpKey {
  return { user: to, purpose: purposeOf(service) };
}

/** The text of a message, as Twilio's default template has it. */
function textOf({ friendlyName, flags }: Service, form: URLSearchParams): string {
  const name = form.get('CustomFriendlyName') ?? friendlyName;
  const warning = flags['do_not_share_warning_enabled']
    ? ". Don't share this code with anyone; our employees will never ask for the code"
    : '';
  const text = `Your ${name} verification code is: {code}${warning}`;
  const hash = form.get('AppHash');
  return hash === null ? text : `<#> ${text} ${hash}`;
}
