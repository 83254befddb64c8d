import type { Clock } from '../core/clock.ts';
import {
  type Entry,
  type EventFields,
  type Fields,
  type FormatEntry,
  jsonLine,
  type Level,
} from './format.ts';

/** Writes whole lines, each with its line break, or calls `dropped`, then or later. Must not throw. */
export type WriteLines = (lines: string, dropped: () => void) => unknown;

const SEVERITY: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * The log: a line for each entry.
 *
 * Lines are collected until the event loop turns, and then written together.
 */
export class Log {
  readonly #clock: Clock;
  readonly #least: number;
  readonly #write: WriteLines;
  readonly #format: FormatEntry;
  #lines = '';
  #collected = 0;
  #dropped = 0;
  #reported = 0;

  constructor(clock: Clock, least: Level, write: WriteLines, format: FormatEntry = jsonLine) {
    this.#clock = clock;
    this.#least = SEVERITY[least];
    this.#write = write;
    this.#format = format;
  }

  /** How many lines have been dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether entries of this level are written. Lets a caller skip building those that are not. */
  isEnabled(level: Level): boolean {
    return SEVERITY[level] >= this.#least;
  }

  debug(message: string, fields: Fields = {}): void {
    this.#log('debug', message, fields);
  }

  info(message: string, fields: Fields = {}): void {
    this.#log('info', message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.#log('warn', message, fields);
  }

  /** Logs an event. @param type is the line's message, and `time` when it happened */
  event(level: Level, time: number, type: string, event: EventFields): void {
    if (this.isEnabled(level)) this.#add({ time, level, message: type, event });
  }

  /** Logs a failure. @param error what was thrown; logged with its stack if it has one */
  error(message: string, error: unknown, fields: Fields = {}): void {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log('error', message, { ...fields, error: failure });
  }

  /** Writes collected lines at once, for a process that is about to end. */
  flush(): void {
    const [lines, count] = [this.#lines, this.#collected];
    this.#lines = '';
    this.#collected = 0;
    if (count === 0) return;
    const missed = this.#dropped - this.#reported;
    // In the same write as the lines: a separate one could itself be dropped.
    const first = missed > 0 && this.isEnabled('warn') ? this.#format(this.#droppedEntry(missed)) : '';
    this.#reported += missed;
    this.#write(first + lines, () => {
      this.#dropped += count;
      this.#reported -= missed;
    });
  }

  #droppedEntry(count: number): Entry {
    const message = 'log lines were dropped: their reader was too slow or gone, or the disk full';
    return { time: this.#clock.now(), level: 'warn', message, fields: { count } };
  }

  #log(level: Level, message: string, fields: Fields): void {
    if (this.isEnabled(level)) this.#add({ time: this.#clock.now(), level, message, fields });
  }

  #add(entry: Entry): void {
    if (this.#collected === 0) this.#clock.yieldToEventLoop().then(() => this.flush());
    this.#lines += this.#format(entry);
    this.#collected++;
  }
}
