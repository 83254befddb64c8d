/** A code's remaining time as a ring shows it. */
export interface Countdown {
  /** What is written in the ring: `42`, `5m`, `1h`. */
  readonly label: string;
  /** How much of the ring is drawn, 0 to 1: the last minute fills it, a longer time keeps it full. */
  readonly share: number;
}

const FULL_RING_S = 60;

/** @param leftMs until the code runs out; counted as 0 when that has passed */
export function countdown(leftMs: number): Countdown {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const share = Math.min(1, Math.max(0, leftMs) / (FULL_RING_S * 1_000));
  if (seconds < 100) return { label: String(seconds), share };
  if (seconds < 3_600) return { label: `${Math.round(seconds / 60)}m`, share };
  return { label: `${Math.round(seconds / 3_600)}h`, share };
}
