import { ownTime } from '../../support/own-time.ts';

/** A failed request: when it was sent and when it failed, in real ms, and at which replica if the proxy says so. */
export interface Failure {
  readonly what: string;
  /** The header `Retry-After`, if an answer came and has it. */
  readonly retryAfter: string | null;
  /** How long it took, in ms of this process's own time. */
  readonly tookMs: number;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly replica: string;
}

/** The result for all codes. */
export interface Tally {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** Codes requested, each for another user. */
  readonly codes: number;
  /** Codes that were accepted twice. */
  readonly twice: number;
  /** Codes that were never accepted, although no verification of them failed. */
  readonly lost: number;
}

/** Each code is requested once and then verified twice at the same time: 300 requests a second. */
const CODES_A_SECOND = 100;

/** Codes requested at the start and verified at the end. */
const KEPT = 100;

/** Steady traffic until it is stopped, whatever the responses. Each request has a connection of its own. */
export class CodeTraffic {
  readonly #url: string;
  readonly #key: string;
  readonly #open = new Set<Promise<void>>();
  readonly #kept: Promise<string | undefined>[] = [];
  readonly #failures: Failure[] = [];
  readonly #timer: Timer;
  #requests = 0;
  #codes = 0;
  #twice = 0;
  #lost = 0;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
    for (let user = 0; user < KEPT; user++) this.#kept.push(this.#make(`kept-${user}`));
    const startedMs = performance.now();
    this.#timer = setInterval(() => {
      const due = KEPT + ((performance.now() - startedMs) / 1_000) * CODES_A_SECOND;
      while (this.#codes < due) this.#makeAndVerify(`user-${this.#codes}`);
    }, 5);
  }

  /** Stops. Resolves when every request is answered and the codes of the start are verified. */
  async stop(): Promise<Tally> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    const kept = await Promise.all(this.#kept);
    await Promise.all(kept.map((code, user) => this.#verifyTwice(`kept-${user}`, code)));
    const [requests, failures, codes] = [this.#requests, this.#failures, this.#codes];
    return { requests, failures, codes, twice: this.#twice, lost: this.#lost };
  }

  #makeAndVerify(user: string): void {
    const both = this.#make(user).then((code) => this.#verifyTwice(user, code));
    this.#open.add(both);
    void both.finally(() => this.#open.delete(both));
  }

  /** Requests a code; undefined if the request failed. */
  async #make(user: string): Promise<string | undefined> {
    this.#codes++;
    const answer = await this.#post('request', { user });
    return answer && (await answer.json()).code;
  }

  async #verifyTwice(user: string, code: string | undefined): Promise<void> {
    if (code === undefined) return;
    const answers = await Promise.all([0, 1].map(() => this.#post('verify', { user, code })));
    const accepted = answers.filter((answer) => answer?.status === 200).length;
    if (accepted > 1) this.#twice++;
    if (accepted === 0 && !answers.includes(undefined)) this.#lost++;
  }

  /** Sends a request; undefined if it failed. A 404 to a verification is not a failure. */
  async #post(call: 'request' | 'verify', body: object): Promise<Response | undefined> {
    this.#requests++;
    const [sentMs, sentOwn] = [performance.now(), ownTime()];
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` };
    const request = { method: 'POST', body: JSON.stringify(body), headers, keepalive: false };
    const failed = (why: string, headers?: Headers) => {
      const [endedMs, tookMs] = [performance.now(), ownTime() - sentOwn];
      const replica = headers?.get('x-replica') ?? '';
      const retryAfter = headers?.get('retry-after') ?? null;
      this.#failures.push({ what: `${call}: ${why}`, retryAfter, tookMs, sentMs, endedMs, replica });
      return undefined;
    };
    try {
      const answer = await fetch(`${this.#url}/otp/${call}`, request);
      if (answer.status === 200 || (call === 'verify' && answer.status === 404)) return answer;
      return failed(`${answer.status} ${await answer.text()}`, answer.headers);
    } catch (error) {
      return failed(String(error));
    }
  }
}
