/** The key of what is kept of a user's sends: no user is empty, so no other record has it. */
export function senderKeyOf(user: string): string {
  return `\0${user}`;
}

/** Whether a record is of a user's sends, by its key. */
export function isSenderKey(key: string): boolean {
  return key.startsWith('\0');
}
