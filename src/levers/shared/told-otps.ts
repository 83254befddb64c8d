import type { Announce, Cause } from '../../core/events.ts';
import type { CodeSource } from '../../core/otp-service.ts';
import { type OtpRequest, OtpService } from '../../core/otp-service.ts';
import type { Judged, OtpKey, Store } from '../../core/store.ts';

/** One-time passwords that answer when every replica can know of what they have announced. */
export class ToldOtps extends OtpService {
  readonly #told: () => Promise<void>;

  /** @param told resolves when all replicas can know what was announced so far */
  constructor(store: Store, codes: CodeSource, announce: Announce, told: () => Promise<void>) {
    super(store, codes, announce);
    this.#told = told;
  }

  override request(ask: OtpRequest, cause: Cause) {
    return this.#whenTold(super.request(ask, cause));
  }

  override verify(key: OtpKey, guess: string, cause: Cause): Promise<Judged> {
    return this.#whenTold(super.verify(key, guess, cause));
  }

  override cancel(key: OtpKey, cause: Cause): Promise<boolean> {
    return this.#whenTold(super.cancel(key, cause));
  }

  override expireNow(key: OtpKey, cause: Cause): Promise<boolean> {
    return this.#whenTold(super.expireNow(key, cause));
  }

  async #whenTold<T>(answer: Promise<T>): Promise<T> {
    const answered = await answer;
    await this.#told();
    return answered;
  }
}
