import type { Problem } from '../../http/problem.ts';

/** An answer in Twilio's form. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Twilio's errors, by code: the HTTP status and the message. Where Twilio names no status, 400 is not confirmed. */
const ERRORS: Readonly<Record<number, readonly [status: number, message: string]>> = {
  20001: [400, 'Invalid parameter'],
  20003: [401, 'Authenticate'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too many requests'],
  20500: [500, 'Internal Server Error'],
  20503: [503, 'Service Unavailable'],
  21211: [400, "Invalid 'To' Phone Number"],
  21212: [400, "Invalid 'From' Phone Number"],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    'The From phone number is not a valid, SMS-capable inbound phone number or short code for your account.',
  ],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21611: [400, "This 'From' number has exceeded the maximum number of queued messages"],
  21612: [400, "The 'To' phone number is not currently reachable via SMS"],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit.'],
  60200: [400, 'Invalid parameter'],
  60202: [429, 'Max check attempts reached'],
  60203: [429, 'Max send attempts reached'],
  60204: [403, 'Service does not support this feature'],
  60205: [403, 'SMS is not supported by landline phone number'],
  60206: [400, "'Amount' & 'Payee' params are required"],
  60207: [429, 'Max rate limits per service reached'],
  60212: [429, 'Too many concurrent requests for phone number'],
};

/** One of Twilio's errors. @param message in place of the usual one @param status likewise */
export function twilioError(code: number, message?: string, status?: number): Answer {
  const [usual, text] = ERRORS[code] ?? [400, 'Injected fault'];
  const body = { code, message: message ?? text, more_info: `https://www.twilio.com/docs/errors/${code}` };
  return { status: status ?? usual, body: { ...body, status: status ?? usual } };
}

/** The longest name in a text or on it, in characters: each message keeps what it has of these. */
export const LONGEST_NAME = 64;

/** A parameter that is there and wrong. */
export function invalidParameter(name: string, value: string): Answer {
  return twilioError(60200, `Invalid parameter \`${name}\`: ${value.slice(0, 64)}`);
}

/** A parameter that is not there. */
export function missingParameter(name: string): Answer {
  return twilioError(20001, `Missing required parameter ${name} in the post body`);
}

/** @param resource its path as Twilio shows it, without the version */
export function notFound(resource: string): Answer {
  return twilioError(20404, `The requested resource ${resource} was not found`);
}

/** A problem of the service as Twilio's API would show it. */
export function showProblem({ code, status, detail, error }: Problem, path: string): Answer {
  if (error !== undefined)
    return twilioError(Number(error), undefined, ERRORS[Number(error)] ? undefined : status);
  if (code === 'unauthorized') {
    const { body } = twilioError(20003);
    return { status, body: { ...body, detail: 'Your AccountSid or AuthToken was incorrect.' } };
  }
  if (code === 'unsupported_media_type' || code === 'malformed_json')
    return twilioError(
      20_000 + status,
      'Send the body as application/x-www-form-urlencoded in UTF-8.',
      status,
    );
  if (code === 'not_found') return notFound(path.replace(/^\/twilio(\/v2)?/, ''));
  return twilioError(20_000 + status, detail, status);
}
