import type { Replicas } from '../support/replicas.ts';

/** What the users have seen so far. */
export interface Seen {
  /** Codes that were verified. */
  verified: number;
  /** Codes with an unknown fate: the answer to the right guess was lost. */
  open: number;
  unavailable: number;
  /** The slowest answer, in ms of this process's own time. */
  slowestMs: number;
  /** Broken promises. */
  readonly wrongs: string[];
}

/**
 * Users who request and verify codes over and over. Each sends the right code to two replicas at the same time, and
 * then once more. They record every broken promise: an answer that takes over a second or is neither right nor a `503`
 * with `Retry-After`, two successes for one code, a lost code, and a spent code that is valid again.
 *
 * They repeat calls that are answered with `503`, as clients should.
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

  /** Stops the users. Resolves when each has finished with its last code. */
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

  /** Sends the right code to two replicas at once, until its fate is known. @returns how many calls succeeded */
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

  /** Calls the next replica. @returns the status: 200, 404 or 503 */
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
