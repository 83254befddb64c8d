import { createHmac, randomBytes } from 'node:crypto';

/**
 * Makes a mask for users in the log: one user has one mask, so that a reader can follow a user from line to line,
 * and cannot tell who it is.
 *
 * It is a keyed hash (HMAC-SHA-256, RFC 2104, cut to 48 bits). Its key is made of what replicas share, if there is
 * that, so that their logs can be read as one; else it is drawn here and kept nowhere.
 * A plain hash would hide nothing: whoever has the log could hash all telephone numbers. First letters and
 * lengths would give away a part, and mix up the users that share them.
 *
 * @param shared a secret that all replicas have; empty if there is only this process
 */
export function userMask(shared: string): (user: string) => string {
  const key = shared === '' ? randomBytes(32) : hmac(shared, 'the key of the mask for users');
  return (user) => `user-${hmac(key, user).toString('hex', 0, 6)}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
