/// <reference path="./lua.d.ts" />
import { createHash } from 'node:crypto';
import deadline from './lua/deadline.lua' with { type: 'text' };
import end from './lua/end.lua' with { type: 'text' };
import expire from './lua/expire.lua' with { type: 'text' };
import forget from './lua/forget.lua' with { type: 'text' };
import giveBack from './lua/give-back.lua' with { type: 'text' };
import records from './lua/records.lua' with { type: 'text' };
import request from './lua/request.lua' with { type: 'text' };
import rules from './lua/rules.lua' with { type: 'text' };
import send from './lua/send.lua' with { type: 'text' };
import verify from './lua/verify.lua' with { type: 'text' };

/**
 * A script for Redis: one atomic step, in one round trip.
 *
 * Its body defines `step(keys, args, present, micros)`, which gets Redis's time in milliseconds and in microseconds and
 * returns the answer. The step is skipped if the caller's deadline has passed: see `deadline.lua`.
 */
export class Script {
  readonly source: string;
  /** The name that Redis caches it under. */
  readonly sha: string;

  /**
   * @param body Lua source
   * @param flags of Redis 7's script header, such as `allow-oom`. Without that one Redis refuses to start the script
   * where it could not write
   */
  constructor(body: string, flags = '') {
    this.source = [`#!lua flags=${flags}`, body, deadline].join('\n');
    this.sha = createHash('sha1').update(this.source).digest('hex');
  }
}

/** For steps that end something: they free more memory than they need, and must run when Redis has none left. */
const ENDING = 'allow-oom';

const onRecords = (body: string, flags?: string) => new Script([rules, records, body].join('\n'), flags);
const probe = (flags?: string) => new Script('local function step() return 1 end', flags);

/** The store's steps. A full Redis refuses requests, and guesses too, since it could not count them. */
export const SCRIPTS = {
  request: onRecords(request),
  send: onRecords(send),
  giveBack: onRecords(giveBack, ENDING),
  verify: onRecords(verify),
  end: onRecords(end, ENDING),
  expire: onRecords(expire, ENDING),
  forget: onRecords(forget, ENDING),
  /** Does nothing, but only where Redis takes every step. */
  probe: probe(),
  /** Does nothing, but only where Redis takes the steps that end something. */
  probeEnding: probe(ENDING),
};
