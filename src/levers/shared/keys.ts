const BASE = 'otp:mock:{lever}:';

/** What the levers of all replicas share in Redis. Mock mode only: strict mode has no levers, and the stream has codes. */
export const KEYS = {
  /** Stream: what happened at any replica, in one order. */
  stream: `${BASE}stream`,
  /**
   * Hash: `codes` and `faults`, the lists that tests set, as JSON; `struck`, how often each fault has struck, by its
   * place in the list, as JSON; `reset`, the name of the last reset.
   */
  settings: `${BASE}settings`,
  /** Hash: how many codes each user and purpose has been issued, for `OTP_SEED`. */
  issued: `${BASE}issued`,
} as const;

/** How long Redis keeps all this after its last use, in milliseconds. Running replicas renew it. */
export const KEPT_MS = 86_400_000;
