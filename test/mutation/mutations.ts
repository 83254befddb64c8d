import { assume, before, type Operator, remove, replace, swap } from './mutate.ts';

/** A fault that services like this one have had, as a change of this one. */
export interface Mutation {
  /** The fault, as a sentence. */
  readonly name: string;
  /** The function or constant that changes: see `readSources`. */
  readonly where: string;
  readonly operator: Operator;
}

const mutation = (name: string, where: string, operator: Operator): Mutation => ({ name, where, operator });

export const MUTATIONS: readonly Mutation[] = [
  // The life of a code
  mutation(
    'a code is still valid at the moment of its deadline',
    'phaseOf',
    swap('now < code.expiresAt', '<='),
  ),
  mutation(
    'an expired code stays valid until the wheel takes it out',
    'phaseOf',
    assume('now < code.expiresAt', true),
  ),
  mutation(
    'a replaced code is announced as expired',
    'fateOfEarlier',
    replace("return 'replaced'", "return 'expired'"),
  ),
  mutation(
    'the grace period starts at the deadline instead of when the expiry is noticed',
    'enterGrace',
    replace('now + GRACE_MS', 'expiresAt + GRACE_MS'),
  ),
  mutation('leading zeros of a code do not count', 'numberOf', replace('let number = 1', 'let number = 0')),
  mutation('a drawn code loses its leading zeros', 'randomCodes', remove('.padStart(wanted, …)')),
  mutation('an empty string is accepted as a code', 'digits', replace("'^[0-9]{4,10}$'", "'^[0-9]{0,10}$'")),
  mutation(
    'a code verifies for every purpose of its user',
    'keyOf',
    assume('purpose === DEFAULT_PURPOSE', true),
  ),

  // What must be one step in the store
  mutation(
    'a code is compared in one step and deleted in a later one',
    'MemoryStore.verify',
    before('this.#records.set(row || …)', 'await null; if (this.#records.find(name) === row)'),
  ),
  mutation(
    'the count of wrong guesses is read in one step and written in a later one',
    'MemoryStore.verify',
    before('const judged = …', 'await null;'),
  ),
  mutation(
    'the old code stays valid after a new request',
    'MemoryStore.request',
    before('this.#records.set(row || …)', 'if (kept.code === undefined)'),
  ),

  // Limits
  mutation(
    'a new code gives a user new attempts',
    'MemoryStore.request',
    replace('attempts: kept.attempts', 'attempts: undefined'),
  ),
  mutation(
    'a new request lifts a lock',
    'MemoryStore.#refusal',
    replace("return { refused: 'locked', … }", 'Object.assign(kept, { attempts: undefined })'),
  ),
  mutation(
    'a successful verification leaves the count of wrong guesses in place',
    'judge',
    replace('kept: {}', 'kept: { attempts }'),
  ),
  mutation(
    'a refused request extends the cooldown',
    'MemoryStore.#refusal',
    before(
      'if (throttled !== undefined) …',
      'if (throttled) this.#records.set(senders[0]?.row ?? 0, { sends: afterSend(sends, policy, now) });',
    ),
  ),
  mutation('many users can flood one address', 'MemoryStore.#sendersOf', assume('address === user', true)),
  mutation(
    'an address is flooded by writing it in capitals',
    'Delivery.resolve',
    assume('address.ignoresCase', false),
  ),
  mutation(
    'guesses for unknown users take memory without limit',
    'MemoryStore.#dropCounts',
    assume('this.#records.counts > this.#policy.maxCounts', false),
  ),
  mutation(
    'guesses for unknown users take the room of codes',
    'MemoryStore.#hasRoom',
    replace('Math.min(counts, maxCounts)', '0'),
  ),
  mutation(
    'a lock is given up for the counts of other users',
    'Records.#isIdle',
    assume('this.#rows.whole(row, LOCKS) === 0', true),
  ),
  mutation(
    'a user has one guess more than the limit',
    'afterWrongCode',
    swap('failures + 1 < policy.maxAttempts', '<='),
  ),
  mutation(
    'the guess that locks leaves the code in place',
    'afterGuess',
    replace('burns ? undefined : code', 'code'),
  ),
  mutation(
    'wrong guesses are forgotten when the code expires',
    'afterEnds',
    assume('now < attempts.forgetAt', false),
  ),

  // Records in memory
  mutation(
    'a code that ends stays in the count of live codes',
    'Records.set',
    replace('Number(this.#isLive(row))', '0'),
  ),
  mutation(
    'an expired code counts as live',
    'Records.set',
    replace('code !== undefined && code.goneAt === undefined', 'code !== undefined'),
  ),
  mutation(
    'a key that is removed from the hash index hides the keys behind it',
    'Shard.remove',
    remove('for (…) …'),
  ),
  mutation(
    'a key that is removed from the hash index hides the key whose slot it had',
    'Shard.remove',
    swap('distance < ((slot - free) & this.#mask)', '<='),
  ),
  mutation(
    'two users whose names have the same hash share a record',
    'Shard.find',
    assume('this.#hasKey(row, key)', true),
  ),
  mutation(
    'a name beyond Latin-1 loses the high bits of its characters',
    'Rows.setText',
    assume(String.raw`/^[\0-\xff]*$/.test(text)`, true),
  ),
  mutation('a free row is taken twice', 'FreeRows.take', remove('this.#remove(row)')),
  mutation('taking one free row loses those beside it', 'FreeRows.#remove', remove('if (rest !== 0) return')),
  mutation('free rows are lost when their list grows', 'FreeRows.#grow', replace('top === 0 ? 0 : 1', '0')),

  // The wheel and the expiry loop
  mutation(
    'a replaced code leaves a stale reminder in the wheel',
    'TimingWheel.schedule',
    remove('this.cancel(entry)'),
  ),
  mutation(
    'the wheel rounds deadlines down, so it is early',
    'TimingWheel.schedule',
    replace('Math.ceil(deadline / TICK_MS)', 'Math.floor(deadline / TICK_MS)'),
  ),
  mutation(
    'the wheel is early in the second that has begun',
    'TimingWheel.#takeBegun',
    assume('this.#rows.float(entry, DEADLINE) <= now', true),
  ),
  mutation(
    'a deadline that has passed when it is scheduled goes behind the hand',
    'TimingWheel.schedule',
    replace('Math.max(Math.ceil(deadline / TICK_MS), …)', 'Math.ceil(deadline / TICK_MS)'),
  ),
  mutation(
    'a deadline beyond a revolution comes a revolution early',
    'TimingWheel.#find',
    assume('bucket.second === second', true),
  ),
  mutation(
    'the wheel skips an entry if the one where it would go on is cancelled',
    'TimingWheel.cancel',
    // To go on at the cancelled entry itself can also be an endless loop, which no test ends.
    replace('this.#cursor = next', 'this.#cursor = this.#rows.whole(next, NEXT)'),
  ),
  mutation(
    'the wheel skips slots after a stall',
    'TimingWheel.#turn',
    before('while (this.#hand < goal) …', 'this.#hand = Math.max(this.#hand, goal - 1);'),
  ),
  mutation(
    'an expiry is announced after a request that came later',
    'Expiry.#pass',
    before('for (const otp of batch.expired) …', 'for (let hops = 0; hops < 3; hops++) await null;'),
  ),
  mutation(
    'the clock moves while codes are still expiring',
    'Expiry.#inTurn',
    replace('this.#idle.then(work)', 'Promise.resolve().then(work)'),
  ),
  mutation(
    'a move of the clock does not wait for the pass that is running',
    'Expiry.expireAfter',
    replace('this.#inTurn(…)', 'step().then(() => this.#pass())'),
  ),
  mutation(
    'a tick does not wait for a move of the clock',
    'Expiry.run',
    replace('this.#inTurn(() => this.#pass())', 'this.#pass()'),
  ),
  mutation(
    'one failure ends the expiry loop for good',
    'Expiry.#inTurn',
    replace('done.catch(() => {})', 'done'),
  ),
  mutation(
    'each tick is late by what the last one took',
    'ticks',
    replace('TICK_MS - (now % TICK_MS)', 'TICK_MS'),
  ),

  // What callers may send, and what they learn
  mutation(
    'an error message echoes the rejected value',
    'describe',
    replace(
      "String(schema['error'] ?? …)",
      "schema['error'] + ', not ' + JSON.stringify(arguments[0].value)",
    ),
  ),
  mutation(
    'unknown fields of a request are ignored',
    'closed',
    replace('additionalProperties: false', 'additionalProperties: true'),
  ),
  mutation(
    'invalid UTF-8 is repaired, so two users become one',
    'http/utf8',
    replace('fatal: true', 'fatal: false'),
  ),
  mutation(
    'lone surrogates are accepted, so two users become one',
    'isText',
    assume('value.isWellFormed()', true),
  ),
  mutation(
    'strict mode reveals which users have a code',
    'otpRoutes',
    remove("return status(401, problem('invalid_code'))"),
  ),
  mutation('a code takes guesses beyond its own limit', 'judgeAlone', assume('own.checks === 0', false)),
  mutation('a code is sent again beyond its own limit', 'refusesResend', assume('own?.resends === 0', false)),
  mutation(
    'a request that only looks for a code sends it again',
    'MemoryStore.request',
    assume("whenLive === 'keep'", false),
  ),
  mutation(
    "a provider's call needs no credentials",
    'credentialCheck',
    assume('credentials === undefined', false),
  ),
  mutation('any API key is accepted', 'keyCheck', assume('!matches(given)', false)),
  mutation(
    'an unavailable store is reported as an internal error',
    'asProblem',
    assume('cause instanceof StoreUnavailable', false),
  ),

  // The levers
  mutation(
    'a lever works without an API key',
    'mockRoutes',
    remove('.onTransform(keyHooks(config.OTP_API_KEYS))'),
  ),
  mutation(
    'one test takes the code that another test waits for',
    'Inbox.#add',
    replace('waiter.take(message)', '(waiter.take(message), this.#waiters.get(message.user)?.clear())'),
  ),
  mutation(
    'a long poll returns the message that the caller has already seen',
    'isLater',
    swap('Number(number) > Number(otherNumber)', '>='),
  ),
  mutation(
    "a reset of one user also resets users whose names begin with that user's",
    'isOf',
    replace('key.startsWith(user) && …', 'key.startsWith(user)'),
  ),
  mutation(
    'a code that was replaced at another replica stays pending in the inbox',
    'Inbox.#add',
    remove('this.onEvent(end)'),
  ),
  mutation(
    'a slow subscriber is not told how many events it missed',
    'EventHistory.read',
    replace('first - …', '0'),
  ),
  mutation(
    'an injected fault strikes once too often',
    'Faults.strike',
    swap('this.#list.usesOf(fault) >= times', '>'),
  ),

  // Delivery
  mutation(
    'a message is sent although its code has expired',
    'DeliveryQueue.#start',
    assume('this.#parts.clock.now() >= job.message.expiresAt', false),
  ),
  mutation(
    'a message is retried although its code was verified',
    'DeliveryQueue.#conclude',
    assume('job.codeEnd… !== undefined', false),
  ),
  mutation(
    'a refused request keeps its reservation in the delivery queue',
    'DeliveryQueue.withRoom',
    remove('this.#reserved--'),
  ),
  mutation(
    'room in the delivery queue is checked but not reserved',
    'DeliveryQueue.withRoom',
    replace('this.#jobs.size + this.#reserved', 'this.#jobs.size'),
  ),
  mutation(
    'a send waits forever for a provider that hangs',
    'attempt',
    replace('Promise.race([send(signal), late])', '(late.catch(() => {}), send(signal))'),
  ),
  mutation(
    'a redirect is followed, and the code is sent to another address',
    'delivery/post',
    replace("'manual'", "'follow'"),
  ),
  mutation(
    'a password is sent in clear text if an attacker hides the STARTTLS offer',
    'mailServer',
    replace("String(user !== '')", "'false'"),
  ),
  mutation('an e-mail address with a line break at its end is accepted', 'ADDRESS', replace('})*$`', '})*`')),

  // The log and the metrics
  mutation(
    'a rejected guess is logged without its reason',
    'eventLine',
    replace('channel ?? reason ?? fault', 'channel ?? fault'),
  ),
  mutation('every unknown path becomes a time series', 'measureRequests', replace("'unknown'", 'path')),
  mutation(
    'an API key for codes also reads the metrics',
    'baseApp',
    replace('config.OTP_METRICS_KEYS', 'config.OTP_API_KEYS'),
  ),
  mutation(
    'a gauge keeps its last value while the store is unavailable',
    'serviceMetrics',
    remove('this.remove()'),
  ),

  // Redis
  mutation('a call waits forever for a silent Redis', 'PendingCalls.wait', remove('this.#watch()')),
  mutation(
    'a connection is kept to a primary that has become a replica',
    'REFUSES_ALL',
    replace("'READONLY'", "'NO SUCH WORD'"),
  ),
  mutation(
    'a code in Redis is valid for another user too',
    'macOf',
    replace('.update(…)', ".update(purpose + '\\0' + code)"),
  ),
];
