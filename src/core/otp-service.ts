import { randomBytes, randomInt } from 'node:crypto';
import {
  type Announce,
  type AnnounceLater,
  type Cause,
  type Destination,
  type Fact,
  ofCode,
} from './events.ts';
import type { OwnLimits } from './rules.ts';
import type { Judged, NewCode, Otp, OtpKey, Refused, Store } from './store.ts';

/** A request for a code. */
export interface OtpRequest extends OtpKey {
  readonly ttlMs: number;
  /** Use these digits instead of drawn ones. */
  readonly code?: string | undefined;
  /** How many digits to draw; as many as the service is set to if absent. */
  readonly length?: number | undefined;
  /** Limits of this code alone. They don't hold for exempt users. */
  readonly own?: OwnLimits | undefined;
  /** Keeps a live code: sends it again, or only finds it. Absent: a new code replaces it. */
  readonly whenLive?: NewCode['whenLive'];
  /** Where to deliver the code; nowhere if absent. */
  readonly destination?: Destination | undefined;
  /** That address in the form that limits on sends count. */
  readonly address?: string | undefined;
}

/** The code that a request leads to. */
export interface Sent extends Otp {
  /** Its digits. */
  readonly code: string;
  /** What is left of its lifetime, in milliseconds. */
  readonly leftMs: number;
  /** Whether it is new, an earlier one that is sent again, or an earlier one that was only found. */
  readonly how: 'issued' | 'resent' | 'found';
  /** What is left of its own limits. */
  readonly own?: OwnLimits | undefined;
}

/** Draws the digits of new codes. */
export interface CodeSource {
  /** @param length how many digits, at most 14; as many as the source is set to if absent */
  draw(key: OtpKey, length?: number): Promise<string>;
  /** Whether this user is exempt from cooldown, send limit and lock. */
  isExempt(user: string): boolean;
  /** Draws the number of a code, which its id has. Absent: the store counts. */
  drawSerial?(): number;
}

/** What is announced of an earlier code. Constants: for a type put together at run time, Bun compiles subscribers anew. */
const FACT_OF_FATE = { replaced: 'otp.replaced', expired: 'otp.expired' } as const;

/** Codes of `length` digits (at most 14), uniform over the whole range, from the system's secure generator. */
export function randomCodes(length: number): CodeSource {
  return {
    draw: async (_, wanted = length) =>
      randomInt(10 ** wanted)
        .toString()
        .padStart(wanted, '0'),
    isExempt: () => false,
    // 53 bits: the whole numbers that a double holds.
    drawSerial: () => Number(randomBytes(8).readBigUInt64LE() >> 11n) || 1,
  };
}

/**
 * One-time passwords: asks the store, then announces what happened.
 *
 * State first, announcement after: the store has taken the step when it answers. There is no `await` between its answer
 * and the call that announces, so facts are announced in the order in which they came about.
 */
export class OtpService {
  readonly #store: Store;
  readonly #codes: CodeSource;
  readonly #announce: Announce;
  readonly #announceLater: AnnounceLater;

  /** @param announceLater announces what a guess or a cancellation did; at once by default */
  constructor(store: Store, codes: CodeSource, announce: Announce, announceLater?: AnnounceLater) {
    this.#store = store;
    this.#codes = codes;
    this.#announce = announce;
    this.#announceLater = announceLater ?? ((facts) => facts().forEach(announce));
  }

  /**
   * Issues a code. The earlier one for that user and purpose becomes a wrong code, unless the request keeps it. A refusal
   * changes nothing.
   */
  async request(request: OtpRequest, cause: Cause): Promise<Sent | Refused> {
    const { user, purpose, ttlMs, destination, address, whenLive } = request;
    const drawn = request.code ?? (await this.#codes.draw(request, request.length));
    const exempt = this.#codes.isExempt(user);
    const own = exempt ? undefined : request.own;
    const serial = this.#codes.drawSerial?.();
    const wanted = { user, purpose, address, code: drawn, serial, ttlMs, exempt, own, whenLive };
    const answer = await this.#store.request(wanted);
    if ('refused' in answer) return answer;
    const { otp } = answer;
    if ('resent' in answer) {
      const { code, resent, leftMs, own } = answer;
      if (resent) this.#announce(Object.assign(ofCode('otp.resent', otp, cause), { code, destination }));
      return { ...otp, code, leftMs, how: resent ? 'resent' : 'found', own };
    }
    const { earlier } = answer;
    if (earlier !== undefined) this.#announce(ofCode(FACT_OF_FATE[earlier.fate], earlier.otp, cause));
    this.#announce(Object.assign(ofCode('otp.requested', otp, cause), { code: drawn, destination }));
    return { ...otp, code: drawn, leftMs: ttlMs, how: 'issued', own };
  }

  /** Judges a guess. Of any number of simultaneous right guesses exactly one is `verified`. */
  async verify(key: OtpKey, guess: string, cause: Cause): Promise<Judged> {
    const judged = await this.#store.verify(key, guess, this.#codes.isExempt(key.user));
    this.#announceLater(() => factsOf(key, judged, cause));
    return judged;
  }

  /** Cancels a live code; false if the user has no such code. */
  async cancel(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.cancel(key);
    this.#announceLater(() => (otp === undefined ? [] : [ofCode('otp.cancelled', otp, cause)]));
    return otp !== undefined;
  }

  /** Expires a live code now; false if the user has no such code. */
  async expireNow(key: OtpKey, cause: Cause): Promise<boolean> {
    const otp = await this.#store.expireNow(key);
    if (otp !== undefined) this.#announce(ofCode('otp.expired', otp, cause));
    return otp !== undefined;
  }
}

/** What a guess did. */
function factsOf({ user, purpose }: OtpKey, judged: Judged, cause: Cause): Fact[] {
  if (judged.verdict === 'verified') return [ofCode('otp.verified', judged.otp, cause)];
  const otp = 'otp' in judged ? judged.otp : undefined;
  const ofGuess = <T extends string>(type: T) =>
    otp ? ofCode(type, otp, cause) : { type, user, purpose, ...cause };
  const rejected = Object.assign(ofGuess('otp.rejected'), { reason: judged.verdict });
  const locks = 'attemptsLeft' in judged && judged.attemptsLeft === 0;
  return locks ? [rejected, ofGuess('otp.locked')] : [rejected];
}
