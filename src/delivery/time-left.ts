import type { Clock } from '../core/clock.ts';
import type { Message } from './channel.ts';

/** How long a message's code is still valid, in words: "1 minute", "5 minutes". */
export function timeLeft({ expiresAt }: Message, clock: Clock): string {
  const minutes = Math.max(1, Math.round((expiresAt - clock.now()) / 60_000));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
