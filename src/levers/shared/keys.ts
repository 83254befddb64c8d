const BASE = 'otp:mock:{lever}:';

/** What the levers of all replicas share in Redis, in one slot of a cluster. Mock mode only: strict mode has no levers, and the stream has codes. */
export const KEYS = {
  /** Stream: what happened at any replica, in one order. */
  stream: `${BASE}stream`,
  /** String: the number of the last move of service time, and its position. */
  clock: `${BASE}clock`,
  /** String: the name of the last reset. */
  reset: `${BASE}reset`,
  /** Hash: how many codes each user and purpose has been issued, for `OTP_SEED`. */
  issued: `${BASE}issued`,
  /** Hash: the number of the newest entry that each replica has appended to the stream. */
  told: `${BASE}told`,
};

/** Hash: `entries`, a list that tests set, and `uses`, how often each entry was used, by its place. Both are JSON. */
export function listKey(name: string): string {
  return `${BASE}list:${name}`;
}

/** How long Redis keeps all this after its last use, in milliseconds. Running replicas renew it. */
export const KEPT_MS = 86_400_000;
