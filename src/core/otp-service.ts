import type { CodeSource } from './code-source.ts';
import { type Announce, type Cause, type Destination, ofCode } from './events.ts';
import type { Issued, Judged, Otp, OtpKey, Refused, Store } from './store.ts';

/** What a caller asks for. */
export interface Ask extends OtpKey {
  readonly ttlMs: number;
  /** Use these digits instead of drawn ones. */
  readonly code?: string | undefined;
  /** Where to bring the code; nowhere if absent. */
  readonly destination?: Destination | undefined;
}

/**
 * One-time passwords: asks the store, then announces what happened.
 *
 * Nothing is announced before it is true: the store has taken the step when it answers. Between its answer
 * and the announcement nothing waits, so facts are announced in the order in which they came about.
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

  /** Makes a code; the earlier one for that user and purpose is from then on wrong. A refusal changes nothing. */
  async request(ask: Ask, cause: Cause): Promise<(Otp & { code: string }) | Refused> {
    const { user, purpose, ttlMs, destination } = ask;
    const drawn = ask.code ?? this.#codes.draw({ user, purpose });
    const code = typeof drawn === 'string' ? drawn : await drawn;
    const exempt = this.#codes.isExempt(user);
    const answer: Issued | Refused = await this.#store.request({ user, purpose, code, ttlMs, exempt });
    if ('refused' in answer) return answer;
    const { otp, earlier } = answer;
    if (earlier !== undefined) this.#announce({ type: `otp.${earlier.fate}`, ...ofCode(earlier.otp, cause) });
    this.#announce({
      type: 'otp.requested',
      code,
      ...(destination && { destination }),
      ...ofCode(otp, cause),
    });
    return { ...otp, code };
  }

  /** Judges a guess. Of any number of simultaneous right ones exactly one is `verified`. */
  async verify(key: OtpKey, guess: string, cause: Cause): Promise<Judged> {
    const judged = await this.#store.verify(key, guess, this.#codes.isExempt(key.user));
    if (judged.verdict === 'verified') {
      this.#announce({ type: 'otp.verified', ...ofCode(judged.otp, cause) });
      return judged;
    }
    const about =
      'otp' in judged ? ofCode(judged.otp, cause) : { user: key.user, purpose: key.purpose, ...cause };
    this.#announce({ type: 'otp.rejected', reason: judged.verdict, ...about });
    if ('attemptsLeft' in judged && judged.attemptsLeft === 0)
      this.#announce({ type: 'otp.locked', ...about });
    return judged;
  }

  /** Ends a live code; false if there is none. */
  async cancel(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.cancel(key);
    if (otp !== undefined) this.#announce({ type: 'otp.cancelled', ...ofCode(otp, cause) });
    return otp !== undefined;
  }

  /** Has the time of a live code be up now; false if there is none. */
  async runOut(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.runOut(key);
    if (otp !== undefined) this.#announce({ type: 'otp.expired', ...ofCode(otp, cause) });
    return otp !== undefined;
  }
}
