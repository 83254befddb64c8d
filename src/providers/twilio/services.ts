import { randomBytes } from 'node:crypto';
import type { List } from '../../levers/list/list.ts';
import { type Answer, invalidParameter, missingParameter } from './errors.ts';
import { type Account, link, second } from './format.ts';

/** How many services are kept. */
const KEPT = 1_000;

/** A Verify service: the settings of its verifications. Twilio has no setting for their lifetime. */
export interface Service {
  readonly sid: string;
  readonly friendlyName: string;
  readonly codeLength: number;
  /** The settings that are on or off, by their names in answers. */
  readonly flags: Readonly<Record<string, boolean>>;
  /** Service time, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Parameters that are true or false, by their names in answers, with Twilio's defaults. */
const FLAGS: Readonly<Record<string, readonly [parameter: string, usual: boolean]>> = {
  lookup_enabled: ['LookupEnabled', false],
  psd2_enabled: ['Psd2Enabled', false],
  skip_sms_to_landlines: ['SkipSmsToLandlines', false],
  dtmf_input_required: ['DtmfInputRequired', true],
  do_not_share_warning_enabled: ['DoNotShareWarningEnabled', false],
  custom_code_enabled: ['CustomCodeEnabled', false],
};

/** What Twilio sets if an application says nothing. */
const DEFAULTS: Omit<Service, 'sid'> = {
  friendlyName: 'Mock',
  codeLength: 6,
  flags: Object.fromEntries(Object.entries(FLAGS).map(([field, [, usual]]) => [field, usual])),
  createdAt: 0,
  updatedAt: 0,
};

/** The resources under a service, by their names in its links. */
const LINKS = {
  verification_checks: 'VerificationCheck',
  verifications: 'Verifications',
  rate_limits: 'RateLimits',
  messaging_configurations: 'MessagingConfigurations',
  entities: 'Entities',
  webhooks: 'Webhooks',
  access_tokens: 'AccessTokens',
};

/**
 * The services that applications made. Of two made at the same moment at two replicas, one may be lost; it then has the
 * defaults, like every SID that is used before its service was made: applications have it in their settings.
 */
export class Services {
  readonly #list: List<Service>;

  constructor(list: List<Service>) {
    this.#list = list;
  }

  get all(): readonly Service[] {
    return this.#list.entries;
  }

  /** A service by its SID, with the defaults if it was never made. @returns undefined if the text is not such a SID */
  find(sid: string): Service | undefined {
    if (!/^VA[0-9a-fA-F]{32}$/.test(sid)) return undefined;
    return this.all.find((service) => service.sid === sid) ?? { ...DEFAULTS, sid };
  }

  /** Makes a service, or changes one. */
  async save(form: URLSearchParams, now: number, earlier?: Service): Promise<Service | Answer> {
    const name = form.get('FriendlyName') ?? earlier?.friendlyName;
    if (name === undefined) return missingParameter('FriendlyName');
    if (!/^[\p{L}\p{N} _-]{1,30}$/u.test(name) || (name.match(/\p{N}/gu) ?? []).length > 4)
      return invalidParameter('FriendlyName', name);
    const length = form.get('CodeLength') ?? String(earlier?.codeLength ?? 6);
    if (!/^([4-9]|10)$/.test(length)) return invalidParameter('CodeLength', length);
    const flags: Record<string, boolean> = {};
    for (const [field, [parameter, usual]] of Object.entries(FLAGS)) {
      const value = form.get(parameter)?.toLowerCase();
      if (value !== undefined && value !== 'true' && value !== 'false')
        return invalidParameter(parameter, value);
      flags[field] = value === undefined ? (earlier?.flags[field] ?? usual) : value === 'true';
    }
    const sid = earlier?.sid ?? `VA${randomBytes(16).toString('hex')}`;
    const createdAt = earlier?.createdAt || now;
    const service = { sid, friendlyName: name, codeLength: Number(length), flags, createdAt, updatedAt: now };
    await this.#list.set([...this.#others(sid), service].slice(-KEPT));
    return service;
  }

  async remove(sid: string): Promise<void> {
    await this.#list.set(this.#others(sid));
  }

  #others(sid: string): Service[] {
    return this.all.filter((service) => service.sid !== sid);
  }
}

/** A service as Twilio shows it. */
export function showService(
  { sid, friendlyName, codeLength, flags, createdAt, updatedAt }: Service,
  account: Account,
) {
  const url = link(`/v2/Services/${sid}`);
  return {
    sid,
    account_sid: account,
    friendly_name: friendlyName,
    code_length: codeLength,
    ...flags,
    tts_name: null,
    push: { include_date: false, apn_credential_sid: null, fcm_credential_sid: null },
    totp: { issuer: null, time_step: null, code_length: null, skew: null },
    whatsapp: { msg_service_sid: null, from: null },
    passkeys: {
      relying_party: { id: null, name: null, origins: null },
      authenticator_attachment: null,
      discoverable_credentials: null,
      user_verification: null,
    },
    default_template_sid: null,
    verify_event_subscription_enabled: false,
    date_created: second(createdAt),
    date_updated: second(updatedAt),
    url,
    links: Object.fromEntries(Object.entries(LINKS).map(([name, part]) => [name, `${url}/${part}`])),
  };
}
