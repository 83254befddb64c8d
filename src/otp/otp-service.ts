import type { Judged, Otp, Store, Whose } from '../store/store.ts';
import type { CodeSource } from './code-source.ts';
import { type Announce, type Cause, ofCode } from './events.ts';

/** What a caller asks for. */
export interface Ask extends Whose {
  readonly ttlMs: number;
  /** Use these digits instead of drawn ones. */
  readonly code?: string | undefined;
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

  /** Makes a code. The earlier one for that user and purpose is from then on a wrong code. */
  async request({ user, purpose, ttlMs, ...ask }: Ask, cause: Cause): Promise<Otp & { code: string }> {
    const code = ask.code ?? this.#codes({ user, purpose });
    const { otp, earlier } = await this.#store.request({ user, purpose, code, ttlMs });
    if (earlier !== undefined) this.#announce({ type: `otp.${earlier.fate}`, ...ofCode(earlier.otp, cause) });
    this.#announce({ type: 'otp.requested', code, ...ofCode(otp, cause) });
    return { ...otp, code };
  }

  /** Judges a guess. Of any number of simultaneous right ones exactly one is `verified`. */
  async verify(whose: Whose, guess: string, cause: Cause): Promise<Judged['verdict']> {
    const { user, purpose } = whose;
    const judged = await this.#store.verify(whose, guess);
    switch (judged.verdict) {
      case 'verified':
        this.#announce({ type: 'otp.verified', ...ofCode(judged.otp, cause) });
        break;
      case 'none':
        this.#announce({ type: 'otp.rejected', reason: 'none', user, purpose, ...cause });
        break;
      default:
        this.#announce({ type: 'otp.rejected', reason: judged.verdict, ...ofCode(judged.otp, cause) });
    }
    return judged.verdict;
  }

  /** Ends a live code; false if there is none. */
  async cancel(whose: Whose, cause: Cause): Promise<boolean> {
    const otp = await this.#store.cancel(whose);
    if (otp !== undefined) this.#announce({ type: 'otp.cancelled', ...ofCode(otp, cause) });
    return otp !== undefined;
  }
}
