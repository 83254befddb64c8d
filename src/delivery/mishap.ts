import type { Message } from './channel.ts';

/** What a test wants to go wrong with a message, so that it sees late, lost and double ones. */
export interface Mishap {
  /** It waits so long before its turn comes: real time, in milliseconds. */
  readonly delayMs?: number | undefined;
  /** It is not sent, and that is known. */
  readonly fail?: boolean | undefined;
  /** It is not sent, and counts as delivered. */
  readonly drop?: boolean | undefined;
  /** It is sent twice. */
  readonly duplicate?: boolean | undefined;
}

/** Says what is to go wrong with a message, at once or when it has asked others; asked once for each. */
export type Mishaps = (message: Message) => Mishap | undefined | Promise<Mishap | undefined>;
