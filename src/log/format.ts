import { styleText } from 'node:util';
import { isoWriter } from './iso-time.ts';
import type { LogSettings } from './settings.ts';

/** How severe a log line is. */
export type Level = LogSettings['LOG_LEVEL'];
/** What a log line says besides its message. */
export type Fields = Readonly<Record<string, unknown>>;

/** A log entry. `time` is service time, in milliseconds since the epoch. */
export interface Entry {
  readonly time: number;
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

/** Formats an entry as one line, with its line break. */
export type FormatEntry = (entry: Entry) => string;

const iso = isoWriter();

/**
 * For machines: one JSON object, with `time` (ISO), `level` and `message` first. JSON escapes line breaks in fields
 * except U+2028 and U+2029, at which some log viewers break lines.
 */
export const jsonLine: FormatEntry = ({ time, level, message, fields }) => {
  const line = JSON.stringify({ time: iso(time), level, message, ...fields });
  return `${line.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
};

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
  return ({ time, level, message, fields }) => {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
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
