import type { Cause } from '../../core/events.ts';
import type { InboxMessage } from '../../levers/inbox/message.ts';
import { packId, unpackId } from '../ids.ts';
import { isPhoneNumber } from '../input.ts';
import type { ProviderParts } from '../parts.ts';
import { codeIn } from '../text-code.ts';
import { type Answer, invalidParameter, LONGEST_NAME, notFound, twilioError } from './errors.ts';
import { type Account, rfc2822 } from './format.ts';

const PURPOSE = 'twilio:messages';

/** The longest text that Twilio takes, in characters. */
const LONGEST_TEXT = 1_600;

/** Numbers that always fail, as with Twilio's test credentials. */
const FAILING_TO = new Map([
  ['+15005550001', 21211],
  ['+15005550002', 21612],
  ['+15005550003', 21408],
  ['+15005550004', 21610],
  ['+15005550009', 21614],
]);
const FAILING_FROM = new Map([
  ['+15005550001', 21212],
  ['+15005550007', 21606],
  ['+15005550008', 21611],
]);

/** What the answer repeats of a message. */
interface Note {
  readonly from: string | null;
  readonly service: string | null;
  readonly media: number;
}

/** Twilio's Messages: texts that the application wrote itself. The inbox keeps them, with the code in them. */
export class Messages {
  readonly #parts: ProviderParts;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
  }

  /** `POST …/Messages.json` */
  async send(
    form: URLSearchParams,
    account: Account,
    request: Request,
    cause: Cause,
  ): Promise<Answer | Response> {
    const to = form.get('To');
    const from = form.get('From');
    const service = form.get('MessagingServiceSid');
    const body = form.get('Body') ?? form.get('ContentVariables');
    const media = form.getAll('MediaUrl').length;
    if (to === null) return twilioError(21604);
    if (from === null && service === null) return twilioError(21603);
    if (body === null && media === 0 && !form.has('ContentSid')) return twilioError(21602);
    const [, scheme = 'sms', number = ''] = /^(?:(whatsapp):)?(.*)$/s.exec(to) ?? [];
    if ((body?.length ?? 0) > LONGEST_TEXT) return twilioError(21617);
    for (const [name, value] of Object.entries({ From: from, MessagingServiceSid: service }))
      if (value !== null && value.length > LONGEST_NAME) return invalidParameter(name, value);
    if (!isPhoneNumber(number))
      return twilioError(21211, `Invalid 'To' Phone Number: ${number.slice(0, 64)}`);
    const failing = FAILING_TO.get(number) ?? FAILING_FROM.get(from ?? '');
    if (failing !== undefined) return twilioError(failing);
    const struck = await this.#parts.strike('request', number, request, 'twilio');
    if (struck !== undefined) return struck;

    const { announce, clock, nextMessageId } = this.#parts;
    const message = nextMessageId();
    const text = body ?? '';
    const note: Note = { from, service, media };
    const via = { provider: 'twilio', channel: scheme, to: number, text, note };
    const code = codeIn(text) ?? '';
    announce({ type: 'message.sent', message, user: number, purpose: PURPOSE, code, ...cause, via });
    return { status: 201, body: show({ id: message, createdAt: clock.now(), via }, account) };
  }

  /** `GET …/Messages/{sid}.json` */
  read(sid: string, account: Account): Answer {
    const [, packed] = /^[SM]M([0-9a-f]{32})$/.exec(sid) ?? [];
    const message = packed === undefined ? undefined : this.#parts.inbox.get(unpackId(packed, 'm'));
    if (message?.purpose !== PURPOSE) return notFound(`/2010-04-01/Accounts/${account}/Messages/${sid}.json`);
    return { status: 200, body: show(message, account) };
  }

  /** `GET …/Messages.json`: the newest, in one page. */
  list(query: URLSearchParams, account: Account): Answer {
    const to = query.get('To') ?? undefined;
    const size = Math.min(Math.max(Number(query.get('PageSize')) || 50, 1), 1_000);
    const messages = this.#parts.inbox.list({ user: to, purpose: PURPOSE }, size);
    const uri = `/2010-04-01/Accounts/${account}/Messages.json`;
    const page = { page: 0, page_size: size, start: 0, end: Math.max(messages.length - 1, 0), uri };
    const pages = {
      first_page_uri: `${uri}?PageSize=${size}&Page=0`,
      next_page_uri: null,
      previous_page_uri: null,
    };
    return {
      status: 200,
      body: { messages: messages.map((message) => show(message, account)), ...page, ...pages },
    };
  }
}

function show({ id, createdAt, via }: Pick<InboxMessage, 'id' | 'createdAt' | 'via'>, account: Account) {
  const { from, service, media } = noteOf(via?.note);
  const sid = `${media > 0 ? 'MM' : 'SM'}${packId(id)}`;
  const prefix = via?.channel === 'whatsapp' ? 'whatsapp:' : '';
  const text = via?.text ?? '';
  return {
    account_sid: account,
    api_version: '2010-04-01',
    body: text,
    date_created: rfc2822(createdAt),
    date_sent: null,
    date_updated: rfc2822(createdAt),
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from,
    messaging_service_sid: service,
    num_media: String(media),
    num_segments: String(segments(text)),
    price: null,
    price_unit: 'USD',
    sid,
    status: from === null ? 'accepted' : 'queued',
    subresource_uris: { media: `/2010-04-01/Accounts/${account}/Messages/${sid}/Media.json` },
    to: `${prefix}${via?.to ?? ''}`,
    uri: `/2010-04-01/Accounts/${account}/Messages/${sid}.json`,
  };
}

/** How many texts a long one takes: 160 characters each, 153 where there are several; fewer outside ASCII. */
function segments(text: string): number {
  const [one, each] = /^[\0-\x7f]*$/.test(text) ? [160, 153] : [70, 67];
  return text.length <= one ? 1 : Math.ceil(text.length / each);
}

function noteOf(note: unknown): Note {
  const { from = null, service = null, media = 0 } = Object(note);
  return { from, service, media };
}
