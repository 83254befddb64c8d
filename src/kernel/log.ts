import type { Clock } from './clock.ts';
import type { Config } from './settings.ts';

/** Takes whole lines, each with its line break; false if they had to be dropped. Must not throw. */
export type WriteLines = (lines: string) => unknown;

type Level = Config['LOG_LEVEL'];
type Fields = Readonly<Record<string, unknown>>;
type Entry = { time: number; level: Level; message: string; fields: Fields };

const SEVERITY: Readonly<Record<Level, number>> = { info: 0, warn: 1, error: 2 };

/**
 * The log: one JSON object a line, with `time` (ISO, service time), `level` and `message` first.
 *
 * Lines are formatted and written after whoever logs has gone on: they are gathered until the event loop
 * turns and leave in one write. So fields must not change once they are logged.
 */
export class Log {
  readonly #clock: Clock;
  readonly #least: number;
  readonly #write: WriteLines;
  #entries: Entry[] = [];
  #dropped = 0;

  constructor(clock: Clock, least: Level, write: WriteLines) {
    this.#clock = clock;
    this.#least = SEVERITY[least];
    this.#write = write;
  }

  info(message: string, fields: Fields = {}): void {
    this.#add('info', message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.#add('warn', message, fields);
  }

  /** Logs a failure. @param error what was thrown; its stack is logged where it has one */
  error(message: string, error: unknown, fields: Fields = {}): void {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#add('error', message, { ...fields, error: failure });
  }

  /** Writes what is gathered at once, for a process that is about to end. */
  flush(): void {
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length === 0) return;
    if (this.#write(entries.map(format).join('')) === false) {
      this.#dropped += entries.length;
    } else if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.warn('lines of the log were dropped: nobody reads it fast enough', { count });
    }
  }

  #add(level: Level, message: string, fields: Fields): void {
    if (SEVERITY[level] < this.#least) return;
    if (this.#entries.length === 0) this.#clock.breathe().then(() => this.flush());
    this.#entries.push({ time: this.#clock.now(), level, message, fields });
  }
}

/** JSON keeps every line break of a field out of the log but these two, which some log viewers break lines at. */
function format({ time, level, message, fields }: Entry): string {
  const line = JSON.stringify({ time: new Date(time).toISOString(), level, message, ...fields });
  return `${line.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
}
