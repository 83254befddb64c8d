/// <reference path="./lua.d.ts" />
import { createHash } from 'node:crypto';
import envelope from './lua/envelope.lua' with { type: 'text' };

/**
 * A script for Redis: one step, atomic, in one round trip.
 *
 * Its last argument is the moment, by the server's own clock, from which on nobody waits for its answer: then it
 * does nothing. Its body defines `step(keys, args, present, micros)`, with the server's time in milliseconds and in
 * microseconds; whatever that returns is the answer.
 */
export class Script {
  readonly source: string;
  /** Under which Redis keeps it. */
  readonly sha: string;

  /**
   * @param body Lua code; `parts` stand before it
   * @param flags those of Redis 7's script header, `allow-oom` for one; none has Redis refuse the script at its start
   * where it could not write
   */
  constructor(body: string, { parts = [], flags = '' }: { parts?: readonly string[]; flags?: string } = {}) {
    this.source = [`#!lua flags=${flags}`, ...parts, body, envelope].join('\n');
    this.sha = createHash('sha1').update(this.source).digest('hex');
  }
}
