import { createHmac, randomBytes } from 'node:crypto';

/**
 * Makes the function that masks users in the log. A user always has the same mask, so a reader can follow a user from
 * line to line without learning who it is.
 *
 * The mask is a keyed hash (HMAC-SHA-256, RFC 2104, cut to 48 bits). Replicas derive the key from their shared secret, so
 * that their logs can be read as one; a single process draws a random key and stores it nowhere. A plain hash would hide
 * nothing, because a reader could hash all phone numbers. Initials and lengths would reveal something, and would not be
 * unique.
 *
 * @param shared a secret that all replicas have; empty for a single process
 */
export function userMask(shared: string): (user: string) => string {
  const key = shared === '' ? randomBytes(32) : hmac(shared, 'the key of the mask for users');
  return (user) => `user-${hmac(key, user).toString('hex', 0, 6)}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
