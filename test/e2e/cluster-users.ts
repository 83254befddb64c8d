import { Keys } from '../../src/redis/keys.ts';
import { slotOf } from '../../src/redis/slots.ts';
import { channelOf } from '../support/channel.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

const KEY = 'k'.repeat(32);

/** Strict mode, whose calls go to the user's shard alone, without limits that users who guess twice would meet. */
const STRICT = {
  OTP_MODE: 'strict',
  OTP_API_KEYS: KEY,
  OTP_METRICS_KEYS: KEY.replaceAll('k', 'm'),
  OTP_MAX_ATTEMPTS: '100',
  OTP_RESEND_COOLDOWN: '0',
  OTP_SEND_LIMIT: '0',
};

/** A call that was answered with 503. */
export interface Failure {
  /** The slot of the user's shard. */
  readonly slot: number;
  /** By `performance.now()`. */
  readonly at: number;
}

/**
 * Users of three replicas in strict mode on a cluster, who request and verify codes over and over. Each sends the right
 * code to two replicas at once, and then once more. They record each 503, and each broken promise: an answer that takes
 * over a second or is none of those expected, two successes for one code, a lost code, a spent code that is valid again.
 */
export class ClusterUsers {
  readonly seen = { requested: 0, verified: 0, open: 0, slowestMs: 0 };
  readonly failures: Failure[] = [];
  readonly wrongs: string[] = [];
  readonly #codes: Map<string, string>;
  readonly #keys = new Keys('otp:strict:', '', 16);
  #stopping = false;
  #gone: Promise<unknown> = Promise.resolve();

  static async start(url: string, users: number): Promise<ClusterUsers> {
    const codes = new Map<string, string>();
    const channels = [channelOf(async ({ user, code }) => void codes.set(user, code))];
    const log: string[] = [];
    const write = (lines: string) =>
      void log.push(...lines.split('\n').filter((line) => line.includes('"warn"')));
    const started = new ClusterUsers(await startReplicas(3, url, STRICT, { channels, write }), codes, log);
    started.#gone = Promise.all(Array.from({ length: users }, (_, i) => started.#live(`user-${i}`)));
    return started;
  }

  private constructor(
    readonly replicas: Replicas,
    codes: Map<string, string>,
    /** The warnings of the replicas, as lines. */
    readonly log: readonly string[],
  ) {
    this.#codes = codes;
  }

  /** The slots of the shards. */
  get slots(): number[] {
    return this.#keys.shards.map(({ base }) => slotOf(base));
  }

  /** Stops the users, each with its last code, and then the replicas. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    await this.#gone;
    await this.replicas[Symbol.asyncDispose]();
  }

  async #live(user: string): Promise<void> {
    while (!this.#stopping) {
      this.#codes.delete(user);
      while ((await this.#call(user, '/otp/request', { user })) !== 200) await Bun.sleep(20);
      this.seen.requested++;
      let code: string | undefined;
      while (code === undefined) {
        await Bun.sleep(2);
        code = this.#codes.get(user);
      }
      await this.#spend(user, code);
    }
  }

  async #spend(user: string, code: string): Promise<void> {
    const guess = () => this.#call(user, '/otp/verify', { user, code });
    let wins = 0;
    let open = false;
    while (wins === 0) {
      const statuses = await Promise.all([guess(), guess()]);
      wins = statuses.filter((status) => status === 200).length;
      open ||= statuses.includes(503);
      if (wins > 0) break;
      if (statuses.includes(401)) {
        if (open) this.seen.open++;
        else this.wrongs.push('an acknowledged code was lost');
        return;
      }
      await Bun.sleep(20);
    }
    this.seen.verified++;
    let again: number;
    do {
      await Bun.sleep(20);
      again = await guess();
    } while (again === 503);
    if (wins > 1 || again === 200) this.wrongs.push('two successes for one code');
  }

  /** @returns the status: 200, 401 or 503 */
  async #call(user: string, path: string, body: object): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const answer = await this.replicas.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
    this.seen.slowestMs = Math.max(this.seen.slowestMs, answer.ms);
    if (answer.ms > 1_000) this.wrongs.push(`an answer took ${Math.round(answer.ms)} ms`);
    if (answer.status === 503) {
      this.failures.push({ slot: slotOf(this.#keys.ofUser(user).shard.base), at: performance.now() });
      if (answer.body['code'] !== 'store_unavailable' || !answer.headers.has('retry-after'))
        this.wrongs.push(`503 ${answer.text}`);
    } else if (answer.status !== 200 && !(answer.status === 401 && path === '/otp/verify'))
      this.wrongs.push(`${path} answered ${answer.status} ${answer.text}`);
    return answer.status;
  }
}
