import type { Replicas } from '../support/replicas.ts';

/** What users have seen. */
export interface Seen {
  /** Codes that were verified. */
  verified: number;
  /** Codes of which nobody can tell: the answer to the right guess was lost. */
  open: number;
  unavailable: number;
  /** The longest that an answer took, in ms of this process's own time. */
  slowestMs: number;
  /** What must not be. */
  readonly wrongs: string[];
}

/**
 * Users who ask for codes and verify them, over and over, each right guess at two replicas at once and then once more, and
 * who notice whatever is not as promised: an answer that takes over a second, or is neither right nor `503` with
 * `Retry-After`; two successes for one code; an acknowledged code that is not there; a spent one that comes back.
 *
 * A call that was answered `503` is made again, as the service's users are told to.
 */
export class StoreUsers {
  readonly seen: Seen = { verified: 0, open: 0, unavailable: 0, slowestMs: 0, wrongs: [] };
  readonly #replicas: Replicas;
  #stopping = false;
  readonly #gone: Promise<unknown>;

  constructor(replicas: Replicas, users: number) {
    this.#replicas = replicas;
    this.#gone = Promise.all(Array.from({ length: users }, (_, i) => this.#live(`user-${i}`)));
  }

  /** Has them go; resolves when each has seen its code to the end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#gone;
  }

  async #live(user: string): Promise<void> {
    for (let turn = 0; !this.#stopping; turn++) {
      const code = String(100_000 + (turn % 900_000));
      while ((await this.#call('/otp/request', { user, code })) !== 200) await Bun.sleep(20);
      const wins = await this.#guess(user, code);
      if (wins > 1) this.seen.wrongs.push(`${wins} successes for one code`);
      await Bun.sleep(2);
      if ((await this.#definite(user, code)) === 200) this.seen.wrongs.push('a spent code came back');
    }
  }

  /** Guesses right, at two replicas at once, until it is clear what came of it. @returns how often that succeeded */
  async #guess(user: string, code: string): Promise<number> {
    let open = false;
    for (;;) {
      const guess = () => this.#call('/otp/verify', { user, code });
      const statuses = await Promise.all([guess(), guess()]);
      const wins = statuses.filter((status) => status === 200).length;
      if (wins > 0) {
        this.seen.verified++;
        return wins;
      }
      open ||= statuses.includes(503);
      if (statuses.includes(404)) {
        if (open) this.seen.open++;
        else this.seen.wrongs.push('an acknowledged code was lost');
        return 0;
      }
      await Bun.sleep(20);
    }
  }

  async #definite(user: string, code: string): Promise<number> {
    for (;;) {
      const status = await this.#call('/otp/verify', { user, code });
      if (status !== 503) return status;
      await Bun.sleep(20);
    }
  }

  /** A call to the next replica. @returns its status, which is 200, 404 or 503 */
  async #call(path: string, body: object): Promise<number> {
    const { status, headers, body: problem, ms } = await this.#replicas.post(path, body);
    const retryAfter = headers.get('retry-after');
    this.seen.slowestMs = Math.max(this.seen.slowestMs, ms);
    if (ms > 1_000) this.seen.wrongs.push(`an answer took ${Math.round(ms)} ms`);
    if (status === 503) {
      this.seen.unavailable++;
      if (problem['code'] !== 'store_unavailable' || retryAfter === null)
        this.seen.wrongs.push(`503 ${problem['code']} with Retry-After ${retryAfter}`);
    } else if (status !== 200 && !(status === 404 && path === '/otp/verify'))
      this.seen.wrongs.push(`${path} answered ${status}`);
    return status;
  }
}
