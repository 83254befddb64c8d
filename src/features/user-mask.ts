import { createHmac, randomBytes } from 'node:crypto';

/**
 * Makes a mask for users in the log: one user has one mask for as long as the process runs, so that a reader can
 * follow a user from line to line, and cannot tell who it is.
 *
 * It is a keyed hash (HMAC-SHA-256, RFC 2104, cut to 48 bits) under a key that is drawn here and kept nowhere.
 * A plain hash would hide nothing: whoever has the log could hash all telephone numbers. First letters and
 * lengths would give away a part, and mix up the users that share them.
 */
export function userMask(): (user: string) => string {
  const key = randomBytes(32);
  return (user) => `user-${createHmac('sha256', key).update(user).digest('hex').slice(0, 12)}`;
}
