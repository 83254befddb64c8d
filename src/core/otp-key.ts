import { DEFAULT_PURPOSE, type OtpKey } from './store.ts';

/** A user and a purpose as one string. Neither part contains NUL, so no two pairs share one; most have the user's own. */
export function keyOf({ user, purpose }: OtpKey): string {
  return purpose === DEFAULT_PURPOSE ? user : `${user}\0${purpose}`;
}

/** Whether such a string is of this user, whatever the purpose; cheaper than to take it apart. */
export function isOf(user: string, key: string): boolean {
  return key.startsWith(user) && (key.length === user.length || key[user.length] === '\0');
}

/** The user and the purpose that such a string stands for. */
export function otpKeyOf(key: string): OtpKey {
  const [user = key, purpose = DEFAULT_PURPOSE] = key.split('\0');
  return { user, purpose };
}
