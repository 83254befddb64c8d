/**
 * The wheel as it is drawn: 60 slots, a turn a minute, where the service's own has 4,096. The idea is the same.
 * A deadline belongs to the first whole second at or after it, and that second, modulo the slots, is its slot.
 * Codes of one slot differ in how often the hand has yet to come round: those of this turn are at the rim, those
 * of later turns nearer to the hub, and each time that the hand passes they move a turn outward.
 */

/** Slots that are drawn, and seconds in a turn. */
export const SLOTS = 60;

/** The second whose tick ends a code. @param expiresAt ms since the epoch */
export function secondOf(expiresAt: number): number {
  return Math.ceil(expiresAt / 1_000);
}

/** Radians clockwise from the right, as a canvas counts them, with second 0 at the top. */
export function angleOf(second: number): number {
  return ((second % SLOTS) / SLOTS) * 2 * Math.PI - Math.PI / 2;
}

/**
 * How many turns a code is from the rim: 0 in the hand's present turn. Just after the hand has passed its slot
 * it is on its way from one turn to the next, and arrives when the hand is a second further.
 *
 * @param second the code's; @param hand where the hand stands, in seconds with fractions
 */
export function turnsAhead(second: number, hand: number): number {
  const turns = (second - hand) / SLOTS;
  const ahead = Math.max(0, Math.ceil(turns) - 1);
  const sincePassed = (ahead + 1 - turns) * SLOTS;
  return ahead + 1 - Math.min(1, sincePassed);
}

/** Where on the way from rim (0) to hub (1) a code stands; a thousand turns fit, the near ones well apart. */
export function depthOf(turns: number): number {
  return turns / (turns + 4);
}

/**
 * Where the nth code of a slot stands beside the first, so that many make a round cluster, as in the head of a
 * sunflower. @returns two offsets, each from -1 to 1
 */
export function clusterOffset(n: number): { readonly along: number; readonly across: number } {
  const GOLDEN_ANGLE = 2.399963;
  const CROWD = 120;
  const radius = Math.min(1, Math.sqrt(n / CROWD));
  return { along: radius * Math.cos(n * GOLDEN_ANGLE), across: radius * Math.sin(n * GOLDEN_ANGLE) };
}

/**
 * Where the hand stands, in seconds: it steps at each whole second, softly, and waits for the next.
 *
 * @param now ms since the epoch; @param lagMs how far what is shown still is behind: a hand that sweeps does not step
 */
export function handAt(now: number, lagMs: number): number {
  const STEP_MS = 240;
  const seconds = now / 1_000;
  const whole = Math.floor(seconds);
  const stepped = whole - 1 + easeOut(Math.min(1, (now - whole * 1_000) / STEP_MS));
  const sweeping = Math.min(1, Math.abs(lagMs) / 1_000);
  return stepped + (seconds - stepped) * sweeping;
}

/** Fast at first, slow at the end. @param share of the way's time, 0 to 1 @returns share of the way */
export function easeOut(share: number): number {
  return 1 - (1 - share) ** 3;
}
