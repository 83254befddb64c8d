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
    'MemoryStore.expire',
    replace('endOfGrace(now)', 'endOfGrace(record.expiresAt)'),
  ),
  mutation('a drawn code loses its leading zeros', 'randomCodes', remove('.padStart(length, …)')),
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
    before('this.#records.forget(record)', 'await null;'),
  ),
  mutation(
    'the count of wrong guesses is read in one step and written in a later one',
    'MemoryStore.verify',
    before('return { verdict: judged.verdict, … }', 'await null;'),
  ),
  mutation(
    'the old code stays valid after a new request',
    'MemoryStore.request',
    before('this.#records.putCode(…)', 'if (kept.code === undefined)'),
  ),

  // Limits
  mutation(
    'a new code gives a user new attempts',
    'MemoryStore.request',
    before('this.#records.putCode(…)', 'kept.attempts = undefined;'),
  ),
  mutation(
    'a new request lifts a lock',
    'MemoryStore.request',
    replace("return { refused: 'locked', … }", 'if (record !== undefined) record.attempts = undefined'),
  ),
  mutation(
    'a successful verification leaves the count of wrong guesses in place',
    'MemoryStore.verify',
    replace('this.#records.forget(record)', '(this.#records.dropCode(record), this.#records.settle(record))'),
  ),
  mutation(
    'a refused request extends the cooldown',
    'MemoryStore.request',
    before(
      'if (throttled !== undefined) …',
      'if (throttled !== undefined && sender !== undefined) this.#countSend(sender, now);',
    ),
  ),
  mutation(
    'guesses for unknown users take memory without limit',
    'MemoryStore.#count',
    assume('known === undefined && !this.#hasRoomFor(1)', false),
  ),

  // The wheel and the expiry loop
  mutation(
    'a replaced code leaves a stale reminder in the wheel',
    'TimingWheel.schedule',
    remove('this.cancel(entry)'),
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
  mutation('any API key is accepted', 'keyCheck', assume('matches.length === 0', false)),
  mutation(
    'an unavailable store is reported as an internal error',
    'asProblem',
    assume('cause instanceof StoreUnavailable', false),
  ),

  // The levers
  mutation('a lever works without an API key', 'mockRoutes', remove('.onTransform(checkKey)')),
  mutation(
    'one test takes the code that another test waits for',
    'Inbox.#add',
    replace('waiter.take(message)', 'return waiter.take(message)'),
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
    'Reader.#put',
    remove('this.#parts.inbox.hear(end)'),
  ),
  mutation(
    'a slow subscriber is not told how many events it missed',
    'EventHistory.read',
    replace('first - …', '0'),
  ),
  mutation('an injected fault strikes once too often', 'Faults.strike', swap('times > 1', '>=')),

  // Delivery
  mutation(
    'a message is sent although its code has expired',
    'DeliveryQueue.#pump',
    assume('this.#parts.clock.now() < job.message.expiresAt', true),
  ),
  mutation(
    'a message is retried although its code was verified',
    'DeliveryQueue.#conclude',
    assume('job.codeEnd… !== undefined', false),
  ),
  mutation(
    'a refused request keeps its place in the delivery queue',
    'DeliveryQueue.withPlace',
    remove('this.#kept--'),
  ),
  mutation(
    'a place in the delivery queue is checked but not reserved',
    'DeliveryQueue.withPlace',
    replace('this.#jobs.size + this.#kept', 'this.#jobs.size'),
  ),
  mutation(
    'a send waits for ever for a provider that hangs',
    'attempt',
    replace('Promise.race([send(signal), late])', '(late.catch(() => {}), send(signal))'),
  ),
  mutation(
    'a redirect is followed, and the code is sent to another address',
    'delivery/post',
    replace("'manual'", "'follow'"),
  ),
  mutation(
    'a password is sent in the clear where somebody hides the offer of STARTTLS',
    'mailServer',
    replace("String(user !== '')", "'false'"),
  ),
  mutation(
    'an e-mail address with a line break at its end is accepted',
    'MAIL_ADDRESS',
    replace('})*$`', '})*`'),
  ),

  // Metrics
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
  mutation('a call waits for ever for a silent Redis', 'PendingCalls.wait', remove('this.#watch()')),
  mutation(
    'a connection is kept to a primary that has become a replica',
    'LASTING',
    replace("'READONLY'", "'NO SUCH WORD'"),
  ),
  mutation(
    'a code in Redis is valid for another user too',
    'Keys.mac',
    replace('.update(…)', ".update(purpose + '\\0' + code)"),
  ),
];
