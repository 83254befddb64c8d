/**
 * The wheel as drawn: 60 slots and a turn a minute. The service's real wheel has 4,096 slots; the idea is the same.
 *
 * A deadline belongs to the first whole second at or after it. That second modulo the number of slots is its slot.
 * Codes in one slot differ in the turns that they still wait. Codes of the current turn are at the rim, and codes of
 * later turns nearer to the hub. Each time the hand passes, they move one turn outward.
 */

/** Slots, and seconds in a turn. */
export const SLOTS = 60;

/** The second whose tick expires a code. @param expiresAt ms since the epoch */
export function secondOf(expiresAt: number): number {
  return Math.ceil(expiresAt / 1_000);
}

/** The angle of a second, in a canvas's radians: clockwise from the right. Second 0 is at the top. */
export function angleOf(second: number): number {
  return ((second % SLOTS) / SLOTS) * 2 * Math.PI - Math.PI / 2;
}

/**
 * How many turns a code is from the rim: 0 in the current turn. In the second after the hand passes its slot, the code
 * glides from one turn to the next.
 *
 * @param second the code's second
 * @param hand the hand's position, in seconds with fractions
 */
export function turnsAhead(second: number, hand: number): number {
  const turns = (second - hand) / SLOTS;
  const ahead = Math.max(0, Math.ceil(turns) - 1);
  const sincePassed = (ahead + 1 - turns) * SLOTS;
  return ahead + 1 - Math.min(1, sincePassed);
}

/** A position between rim (0) and hub (1). A thousand turns fit, and the near ones are well apart. */
export function depthOf(turns: number): number {
  return turns / (turns + 4);
}

/**
 * The position of the nth code of a slot, relative to the first. Together they form a round cluster, like the seeds of
 * a sunflower.
 *
 * @returns two offsets, each from -1 to 1
 */
export function clusterOffset(n: number): { readonly along: number; readonly across: number } {
  const GOLDEN_ANGLE = 2.399963;
  const CROWD = 120;
  const radius = Math.min(1, Math.sqrt(n / CROWD));
  return { along: radius * Math.cos(n * GOLDEN_ANGLE), across: radius * Math.sin(n * GOLDEN_ANGLE) };
}

/**
 * The hand's position, in seconds. It steps softly at each whole second, then waits for the next. While it sweeps it
 * does not step.
 *
 * @param now ms since the epoch
 * @param lagMs how far the time shown is behind
 */
export function handAt(now: number, lagMs: number): number {
  const STEP_MS = 240;
  const seconds = now / 1_000;
  const whole = Math.floor(seconds);
  const stepped = whole - 1 + easeOut(Math.min(1, (now - whole * 1_000) / STEP_MS));
  const sweeping = Math.min(1, Math.abs(lagMs) / 1_000);
  return stepped + (seconds - stepped) * sweeping;
}

/** Eases a movement: fast first, then slow. @param share of the time, 0 to 1 @returns share of the way */
export function easeOut(share: number): number {
  return 1 - (1 - share) ** 3;
}
