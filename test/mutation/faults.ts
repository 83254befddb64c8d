/** A classic fault: what to put in place of which piece of the source, which must stand there exactly once. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const fault = (name: string, file: string, from: string, to: string): Fault => ({ name, file, from, to });

/** The faults that services like this one have had, one by one, in real products and in the one this re-creates. */
export const FAULTS: readonly Fault[] = [
  fault(
    'compare, then delete in a second step',
    'core/memory/memory-store.ts',
    'if (record !== undefined) this.#records.forget(record);',
    'await null;\n      if (record !== undefined) this.#records.forget(record);',
  ),
  fault(
    'the limit is per code: a new one is a new chance',
    'core/memory/memory-store.ts',
    'this.#records.putCode(kept, this.#issued,',
    'kept.attempts = undefined;\n    this.#records.putCode(kept, this.#issued,',
  ),
  fault(
    'the count is read before it is written',
    'core/memory/memory-store.ts',
    'return { verdict: judged.verdict, otp, ...this.#count(key, record, judged.attempts, now) };',
    'await null;\n    return { verdict: judged.verdict, otp, ...this.#count(key, record, judged.attempts, now) };',
  ),
  fault(
    'no expiry on read: only the wheel ends a code',
    'core/rules/code-life.ts',
    "return now < code.expiresAt ? 'live' : 'ended';",
    "return 'live';",
  ),
  fault('an empty code passes for a code', 'otp-api/models.ts', "'^[0-9]{4,10}$'", "'^[0-9]{0,10}$'"),
  fault(
    'the deadline is off by one',
    'core/rules/code-life.ts',
    'now < code.expiresAt',
    'now <= code.expiresAt',
  ),
  fault(
    'the old code is still good after a new request',
    'core/memory/memory-store.ts',
    'this.#records.putCode(kept, this.#issued,',
    'if (kept.code === undefined) this.#records.putCode(kept, this.#issued,',
  ),
  fault(
    'an error echoes the input',
    'http/field-errors.ts',
    "return [path, String(schema['error'] ?? 'cannot be used')];",
    "return [path, schema['error'] + ', not ' + JSON.stringify(arguments[0].value)];",
  ),
  fault('leading zeros are lost', 'core/otp-service.ts', ".padStart(length, '0')", ''),
  fault(
    'a stale reminder stays when a code is replaced',
    'core/wheel.ts',
    'schedule(entry: number, deadline: number): void {\n    this.cancel(entry);',
    'schedule(entry: number, deadline: number): void {',
  ),
  fault(
    'a new request resets the lock',
    'core/memory/memory-store.ts',
    "if (until !== undefined) return { refused: 'locked', waitMs: until - now };",
    'if (until !== undefined && record !== undefined) record.attempts = undefined;',
  ),
  fault(
    'the wheel skips slots after a stall',
    'core/wheel.ts',
    'while (this.#hand < goal) {',
    'this.#hand = Math.max(this.#hand, goal - 1);\n    while (this.#hand < goal) {',
  ),
  fault(
    'a replaced code is announced as expired',
    'core/rules/code-life.ts',
    "if (phase === 'live') return 'replaced';",
    "if (phase === 'live') return 'expired';",
  ),
  fault(
    'an expiry is announced after the request that came later',
    'core/expiry.ts',
    'for (const otp of batch.expired)',
    'for (let hops = 0; hops < 3; hops++) await null;\n    for (const otp of batch.expired)',
  ),
  fault(
    'a success forgets the code and not the count',
    'core/memory/memory-store.ts',
    'if (record !== undefined) this.#records.forget(record);',
    'if (record !== undefined) {\n        this.#records.dropCode(record);\n        this.#records.settle(record);\n      }',
  ),
  fault(
    'a refused request prolongs the cooldown',
    'core/memory/memory-store.ts',
    'if (throttled !== undefined) return',
    'if (throttled !== undefined && sender !== undefined) this.#countSend(sender, now);\n    if (throttled !== undefined) return',
  ),
  fault(
    'a code verifies for any purpose',
    'core/store.ts',
    'return purpose === DEFAULT_PURPOSE ? user :',
    'return purpose !== undefined ? user :',
  ),
  fault(
    'the grace period counts from the deadline',
    'core/memory/memory-store.ts',
    'this.#records.endCode(record, endOfGrace(now));\n        expired',
    'this.#records.endCode(record, endOfGrace(record.expiresAt));\n        expired',
  ),
  fault(
    'unknown fields are ignored',
    'otp-api/models.ts',
    'additionalProperties: false',
    'additionalProperties: true',
  ),
  fault('two users become one by repaired UTF-8', 'http/json-body.ts', 'fatal: true', 'fatal: false'),
  fault('two users become one by lone surrogates', 'otp-api/models.ts', 'value.isWellFormed() &&', ''),
  fault(
    'strict mode tells who has a code',
    'otp-api/routes.ts',
    "if (strict) return status(401, problem('invalid_code'));",
    '',
  ),
  fault('any key will do', 'http/keys.ts', 'if (matches.length === 0)', 'if (digests.length === 0)'),
  fault(
    'memory is not limited for those who were asked about and never known',
    'core/memory/memory-store.ts',
    'if (known === undefined && !this.#hasRoomFor(1)) return {};',
    '',
  ),
  fault(
    'one test takes the code that another waits for',
    'levers/inbox/inbox.ts',
    'if (waiter.wants(message)) waiter.take(message);',
    'if (waiter.wants(message)) return waiter.take(message);',
  ),
  fault(
    'a wait gives the message again that it was told of',
    'levers/inbox/inbox.ts',
    'Number(number) > Number(otherNumber)',
    'Number(number) >= Number(otherNumber)',
  ),
  fault(
    'the clock is moved while codes still expire',
    'core/expiry.ts',
    'this.#idle.then(alone',
    'Promise.resolve().then(alone',
  ),
  fault(
    'a reset of one user takes others with it',
    'core/store.ts',
    "return key.startsWith(user) && (key.length === user.length || key[user.length] === '\\0');",
    'return key.startsWith(user);',
  ),
  fault(
    'a code that was replaced at another replica passes for good',
    'levers/inbox/inbox.ts',
    'if (end !== undefined) this.onEvent(end);',
    '',
  ),
  fault('a slow reader is not told', 'levers/events/history.ts', 'missed: first - position', 'missed: 0'),
  fault(
    'a fault strikes once too often',
    'levers/faults/faults.ts',
    'this.#setting.struck(fault) >= times',
    'this.#setting.struck(fault) > times',
  ),
  fault('a lever works without a key', 'levers/routes.ts', '.onTransform(checkKey)', ''),
  fault(
    'a message is sent though its code has run out',
    'delivery/queue.ts',
    'if (this.#has(job) && this.#parts.clock.now() < job.message.expiresAt) this.#try(job);',
    'if (this.#has(job)) this.#try(job);',
  ),
  fault(
    'a message is tried again though its code was verified',
    'delivery/queue.ts',
    'else if (job.codeEnded !== undefined) this.#settle(job, job.codeEnded);',
    '',
  ),
  fault(
    'a refused request keeps its place in the queue',
    'delivery/queue.ts',
    '    } finally {\n      this.#kept--;',
    '    } finally {',
  ),
  fault(
    'a place in the queue is asked for and not kept',
    'delivery/queue.ts',
    'this.#jobs.size + this.#kept >= CAPACITY',
    'this.#jobs.size >= CAPACITY',
  ),
  fault(
    'a provider that hangs is waited for',
    'delivery/attempt.ts',
    'await Promise.race([send(signal), late]);',
    'late.catch(() => {});\n    await send(signal);',
  ),
  fault(
    'a redirection is followed, with the code',
    'delivery/http-post.ts',
    "redirect: 'manual'",
    "redirect: 'follow'",
  ),
  fault(
    'a password is sent in the clear where the offer of TLS is hidden',
    'delivery/smtp-url.ts',
    "String(user !== '')",
    "'false'",
  ),
  fault('an address with a line break passes', 'delivery/address-patterns.ts', ')*$`;', ')*`;'),
  fault(
    'every path that somebody makes up is a series of its own',
    'http/measure-requests.ts',
    "? path : 'unknown';",
    '? path : path;',
  ),
  fault(
    'a key for codes reads the metrics',
    'app.ts',
    'metricsRoute(registry, config.OTP_METRICS_KEYS)',
    'metricsRoute(registry, config.OTP_API_KEYS)',
  ),
  fault(
    'a Redis that says nothing is waited for',
    'redis/pending-calls.ts',
    'if (!this.#watching) this.#watch();',
    '',
  ),
  fault('a connection is kept to a primary that is one no more', 'redis/refusal.ts', "'READONLY',", ''),
  fault('a code in Redis is right for another user, too', 'redis/keys.ts', '{user}\\0$', '$'),
  fault(
    'a store that is away is a failure of ours',
    'http/errors.ts',
    'cause instanceof StoreUnavailable',
    'cause === undefined',
  ),
  fault('a failing store shows a number from before', 'metrics/service-metrics.ts', 'this.remove();', ''),
];
