import type { CodeList } from '../model/code-list.ts';
import type { ServiceTime } from '../model/service-time.ts';
import { Sweep } from '../model/sweep.ts';
import { type Dot, type Gone, WheelDots } from '../model/wheel-dots.ts';
import {
  angleOf,
  clusterOffset,
  depthOf,
  easeOut,
  handAt,
  SLOTS,
  turnsAhead,
} from '../model/wheel-geometry.ts';
import { dotInWords, wheelInWords } from '../model/words.ts';
import { Canvas } from './canvas.ts';

/** Lengths, relative to the dial's radius. */
const LABELS = 0.95;
const RIM = 0.82;
const HUB = 0.25;
const BAND = 0.1;
const DOT = 0.021;

const SLOT_ANGLE = (2 * Math.PI) / SLOTS;
const TRAIL = 9;
const FLASH_MS = 800;
const APPEAR_MS = 350;
/** More dots than this at once leave without a flash. */
const MAX_FLASHES = 150;

interface Flash extends Gone {
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/** Draws the turning wheel. `wheel-geometry.ts` explains the positions. */
export class Dial {
  readonly #canvas: Canvas;
  readonly #codes: CodeList;
  readonly #time: ServiceTime;
  readonly #dots = new WheelDots();
  readonly #sweep = new Sweep();
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #flashes: Flash[] = [];
  /** The id of the code whose dot is highlighted. */
  highlighted: string | undefined;

  constructor(element: HTMLCanvasElement, codes: CodeList, time: ServiceTime) {
    this.#canvas = new Canvas(element);
    this.#codes = codes;
    this.#time = time;
  }

  /** The number of codes on the wheel. */
  get count(): number {
    return this.#dots.size;
  }

  /** The wheel in words. @param now service time, ms since the epoch */
  inWords(now: number): string {
    return wheelInWords(this.count, this.#dots.next(), now);
  }

  /** Where the highlighted code is, in words; empty if none is. @param now service time, ms since the epoch */
  highlightInWords(now: number): string {
    const code = this.#codes.get(this.highlighted ?? '');
    if (code === undefined) return '';
    const dot = this.#dots.get(code.id);
    return dot ? dotInWords(code.user, dot.second, now) : `No longer on the wheel: ${code.user}`;
  }

  /** Service time was moved by `ms`: the hand sweeps there. @param at the browser's monotonic time, in ms */
  leap(ms: number, at: number): void {
    if (!this.#calm.matches) this.#sweep.leap(ms, at);
  }

  draw(at: number): void {
    const lag = this.#sweep.lag(at);
    const shown = this.#time.now(at) - lag;
    const hand = this.#calm.matches ? Math.floor(shown / 1_000) : handAt(shown, lag);
    const gone = this.#dots.follow(this.#codes, shown, at);
    if (!this.#calm.matches && gone.length <= MAX_FLASHES) {
      this.#flashes.push(
        ...gone.map((one) => ({ ...one, at, ...this.#placeOf(one.dot, one.dot.second - 1) })),
      );
    }
    if (!this.#canvas.begin()) return;
    this.#drawTurns();
    this.#drawSlots(hand);
    this.#drawHand(hand);
    this.#drawDots(hand, at);
    this.#drawFlashes(at);
  }

  /** One circle for the dots of each later turn, fainter towards the hub. */
  #drawTurns(): void {
    for (let turns = 1; turns <= 5; turns++)
      this.#canvas.ring(radiusOf(turns), { colour: 'edge', alpha: 0.75 - turns * 0.11, width: 1 });
  }

  #drawSlots(hand: number): void {
    for (let slot = 0; slot < SLOTS; slot++) {
      const behind = (((hand - slot) % SLOTS) + SLOTS) % SLOTS;
      const glow = behind < TRAIL ? (1 - behind / TRAIL) ** 2 : 0;
      const from = angleOf(slot) - SLOT_ANGLE * 0.42;
      const wedge = { radius: RIM, from, to: from + SLOT_ANGLE * 0.84, width: BAND };
      this.#canvas.arc(wedge, { colour: 'edge', alpha: 0.5 });
      if (glow > 0) this.#canvas.arc(wedge, { colour: 'accent', alpha: glow * 0.55 });
      if (slot % 5 === 0) {
        const { x, y } = at(angleOf(slot), LABELS);
        this.#canvas.text(String(slot), x, y, { colour: slot % 15 === 0 ? 'soft' : 'faint' });
      }
    }
  }

  #drawHand(hand: number): void {
    const angle = angleOf(hand);
    this.#canvas.line(at(angle, HUB - 0.03), at(angle, RIM + BAND / 2 + 0.01), {
      colour: 'accent',
      width: 2.5,
    });
    this.#canvas.ring(HUB - 0.03, { colour: 'accent', alpha: 0.35, width: 1.5 });
  }

  #drawDots(hand: number, now: number): void {
    const turning: Dot[] = [];
    const later: Dot[] = [];
    for (const dot of this.#dots.all()) (dot.second - hand <= SLOTS ? turning : later).push(dot);
    for (const [dots, alpha] of [
      [later, 0.55],
      [turning, 1],
    ] as const) {
      this.#canvas.dots(
        dots.map((dot) => {
          const grown = this.#calm.matches ? 1 : easeOut(Math.min(1, (now - dot.since) / APPEAR_MS));
          return {
            ...this.#placeOf(dot, hand),
            radius: DOT * (1 - 0.4 * depthOf(turnsAhead(dot.second, hand))) * grown,
          };
        }),
        { colour: 'accent', alpha },
      );
    }
    const highlighted = this.highlighted === undefined ? undefined : this.#dots.get(this.highlighted);
    if (highlighted === undefined) return;
    const { x, y } = this.#placeOf(highlighted, hand);
    this.#canvas.circle(x, y, DOT * 2.4, { colour: 'ink', width: 2 });
  }

  #drawFlashes(now: number): void {
    this.#flashes = this.#flashes.filter(({ at }) => now - at < FLASH_MS);
    for (const { at, why, x, y } of this.#flashes) {
      const share = easeOut((now - at) / FLASH_MS);
      const colour = why === 'expired' ? 'accent' : why === 'verified' ? 'good' : 'faint';
      this.#canvas.circle(x, y, DOT * (1 + 4.5 * share), { colour, alpha: 1 - share, width: 2 });
      this.#canvas.dots([{ x, y, radius: DOT * (1 - share) * 1.3 }], { colour, alpha: 1 - share });
    }
  }

  #placeOf({ second, place }: Dot, hand: number): { x: number; y: number } {
    const radius = radiusOf(turnsAhead(second, hand));
    const { along, across } = clusterOffset(place);
    return at(angleOf(second) + along * SLOT_ANGLE * 0.34, radius + across * BAND * 0.36);
  }
}

function radiusOf(turns: number): number {
  return RIM - (RIM - HUB - 0.04) * depthOf(turns);
}

function at(angle: number, radius: number): { x: number; y: number } {
  return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
}
