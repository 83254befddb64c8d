/** A code's remaining time, as its ring shows it. */
export interface Countdown {
  /** The text in the ring: `42`, `5m`, `1h`. */
  readonly label: string;
  /** How much of the ring is drawn, 0 to 1: the part of its lifetime that the code still has. */
  readonly share: number;
}

/**
 * @param leftMs time until the code expires; a negative time counts as 0
 * @param lifetimeMs time from its arrival to its deadline
 */
export function countdown(leftMs: number, lifetimeMs: number): Countdown {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const share = Math.min(1, Math.max(0, leftMs) / Math.max(1, lifetimeMs));
  if (seconds < 100) return { label: String(seconds), share };
  if (seconds < 3_600) return { label: `${Math.round(seconds / 60)}m`, share };
  return { label: `${Math.round(seconds / 3_600)}h`, share };
}
