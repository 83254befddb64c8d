import { styleText } from 'node:util';
import { isoWriter } from './iso-time.ts';
import type { LogSettings } from './settings.ts';

/** How severe a log line is. */
export type Level = LogSettings['LOG_LEVEL'];
/** What a log line says besides its message. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the line of an event says besides its type. All but the user and the purpose are words and ids of the service. */
export interface EventFields {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly otp: string | undefined;
  readonly expiresAt: string | undefined;
  readonly channel: string | undefined;
  readonly reason: string | undefined;
  readonly fault: string | undefined;
  readonly requestId: string | undefined;
}

/** A log entry. `time` is service time, in milliseconds since the epoch. */
export type Entry = { readonly time: number; readonly level: Level; readonly message: string } & (
  | { readonly fields: Fields; readonly event?: undefined }
  | { readonly event: EventFields }
);

/** Formats an entry as one line, with its line break. */
export type FormatEntry = (entry: Entry) => string;

const iso = isoWriter();

/**
 * For machines: one JSON object, with `time` (ISO), `level` and `message` first. JSON escapes line breaks in fields
 * except U+2028 and U+2029, at which some log viewers break lines.
 */
export const jsonLine: FormatEntry = (entry) => {
  const { time, level, message, event } = entry;
  if (event !== undefined) return eventLine(iso(time), level, message, event);
  return `${json({ time: iso(time), level, message, ...entry.fields })}\n`;
};

/**
 * The same for an event. The lines of most calls are by a template: a third of the time of `JSON.stringify`, which is a
 * tenth of a request's. It is a single one, since those put together from others leave five times the garbage. Only the
 * client's text can contain what JSON escapes.
 */
function eventLine(time: string, level: Level, type: string, event: EventFields): string {
  const { id, user, purpose, otp, expiresAt, channel, reason, fault, requestId } = event;
  const hasAll = otp !== undefined && expiresAt !== undefined && requestId !== undefined;
  if (!hasAll || (channel ?? reason ?? fault) !== undefined)
    return `${json({ time, level, message: type, ...event })}\n`;
  return `{"time":"${time}","level":"${level}","message":"${type}","id":"${id}","user":${quoted(user)},"purpose":${quoted(purpose)},"otp":"${otp}","expiresAt":"${expiresAt}","requestId":"${requestId}"}\n`;
}

/** Text of which JSON escapes nothing. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : json(text);
}

function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

const COLOURS = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' } as const;

/**
 * For people: `15:04:05.123 info  otp.rejected user=alice reason=wrong`, with the time of day in UTC. Text with spaces
 * is quoted.
 *
 * @param coloured uses ANSI escape codes, for a terminal
 */
export function prettyLine(coloured: boolean): FormatEntry {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  return (entry) => {
    const { time, level, message } = entry;
    const given = Object.entries(entry.event ?? entry.fields).filter(([, value]) => value !== undefined);
    const shown = given.map(([name, value]) => `${paint('dim', `${name}=`)}${plain(value)}`);
    const head = [paint('dim', iso(time).slice(11, 23)), paint(COLOURS[level], level.padEnd(5))];
    return `${[...head, message, ...shown].join(' ')}\n`;
  };
}

/** A value without the quotes of JSON if it is unambiguous. Characters that could move the cursor are escaped. */
function plain(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : value;
  if (typeof text === 'string' && /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) && !/["\\=]/.test(text))
    return text;
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}
