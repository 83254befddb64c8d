import { randomInt } from 'node:crypto';
import { type Announce, type Cause, type Destination, ofCode } from './events.ts';
import type { Judged, Otp, OtpKey, Refused, Store } from './store.ts';

/** A request for a code. */
export interface OtpRequest extends OtpKey {
  readonly ttlMs: number;
  /** Use these digits instead of drawn ones. */
  readonly code?: string | undefined;
  /** Where to deliver the code; nowhere if absent. */
  readonly destination?: Destination | undefined;
}

/** Draws the digits of new codes. */
export interface CodeSource {
  draw(key: OtpKey): Promise<string>;
  /** Whether this user is exempt from cooldown, send limit and lock. */
  isExempt(user: string): boolean;
}

/** Codes of `length` digits (at most 14), uniform over the whole range, from the system's secure generator. */
export function randomCodes(length: number): CodeSource {
  return {
    draw: async () =>
      randomInt(10 ** length)
        .toString()
        .padStart(length, '0'),
    isExempt: () => false,
  };
}

/**
 * One-time passwords: asks the store, then announces what happened.
 *
 * State first, announcement after: the store has taken the step when it answers. There is no `await` between its answer
 * and the announcement, so facts are announced in the order in which they came about.
 */
export class OtpService {
  readonly #store: Store;
  readonly #codes: CodeSource;
  readonly #announce: Announce;

  constructor(store: Store, codes: CodeSource, announce: Announce) {
    this.#store = store;
    this.#codes = codes;
    this.#announce = announce;
  }

  /** Issues a code. The earlier one for that user and purpose becomes a wrong code. A refusal changes nothing. */
  async request(request: OtpRequest, cause: Cause): Promise<(Otp & { code: string }) | Refused> {
    const { user, purpose, ttlMs, destination } = request;
    const code = request.code ?? (await this.#codes.draw(request));
    const exempt = this.#codes.isExempt(user);
    const answer = await this.#store.request({ user, purpose, code, ttlMs, exempt });
    if ('refused' in answer) return answer;
    const { otp, earlier } = answer;
    if (earlier !== undefined) this.#announce({ type: `otp.${earlier.fate}`, ...ofCode(earlier.otp, cause) });
    const requested = { code, ...(destination && { destination }), ...ofCode(otp, cause) };
    this.#announce({ type: 'otp.requested', ...requested });
    return { ...otp, code };
  }

  /** Judges a guess. Of any number of simultaneous right guesses exactly one is `verified`. */
  async verify(key: OtpKey, guess: string, cause: Cause): Promise<Judged> {
    const judged = await this.#store.verify(key, guess, this.#codes.isExempt(key.user));
    if (judged.verdict === 'verified') {
      this.#announce({ type: 'otp.verified', ...ofCode(judged.otp, cause) });
      return judged;
    }
    const { user, purpose } = key;
    const about = 'otp' in judged ? ofCode(judged.otp, cause) : { user, purpose, ...cause };
    this.#announce({ type: 'otp.rejected', reason: judged.verdict, ...about });
    if ('attemptsLeft' in judged && judged.attemptsLeft === 0)
      this.#announce({ type: 'otp.locked', ...about });
    return judged;
  }

  /** Cancels a live code; false if the user has no such code. */
  async cancel(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.cancel(key);
    if (otp !== undefined) this.#announce({ type: 'otp.cancelled', ...ofCode(otp, cause) });
    return otp !== undefined;
  }

  /** Expires a live code now; false if the user has no such code. */
  async expireNow(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.expireNow(key);
    if (otp !== undefined) this.#announce({ type: 'otp.expired', ...ofCode(otp, cause) });
    return otp !== undefined;
  }
}
