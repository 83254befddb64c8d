import { DEFAULT_PURPOSE, type OtpKey } from '../store.ts';

/** The key of a record. Neither part contains NUL, so no two pairs share one; most have the user's own string. */
export function keyOf({ user, purpose }: OtpKey): string {
  return purpose === DEFAULT_PURPOSE ? user : `${user}\0${purpose}`;
}

/** The key of what is kept of a user's sends: no user is empty, so no other record has it. */
export function senderKeyOf(user: string): string {
  return `\0${user}`;
}

/** Whether a record is of a user's sends, by its key. */
export function isSenderKey(key: string): boolean {
  return key.startsWith('\0');
}

/** Whether a record's key is this user's for any purpose; cheaper than to take the key apart. */
export function isOf(user: string, key: string): boolean {
  return key.startsWith(user) && (key.length === user.length || key[user.length] === '\0');
}

/** The user and the purpose that a record's key stands for. */
export function otpKeyOf(key: string): OtpKey {
  const [user = key, purpose = DEFAULT_PURPOSE] = key.split('\0');
  return { user, purpose };
}
