import type { WheelState } from '../model/wire.ts';
import type { Api } from './api.ts';
import { byId } from './dom.ts';

const SVG = 'http://www.w3.org/2000/svg';

const NO_WHEEL =
  'The wheel above is drawn from the codes in the list. The shared store keeps the deadlines itself, so this service has no wheel to show here.';

/** The service's real wheel, unrolled: a mark for each slot that is not empty, and the hand. */
export class UnrolledWheel {
  readonly #api: Api;
  /** Whether the store is shared and has no wheel. This never changes while the service runs. */
  #isShared = false;

  constructor(api: Api) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    if (this.#isShared) return;
    const answer = await this.#api.call<WheelState>('GET', '/mock/wheel');
    this.#isShared = !answer.ok && answer.problem.code === 'not_with_shared_store';
    byId('real', HTMLElement).hidden = !answer.ok && !this.#isShared;
    if (answer.ok) this.#draw(answer.body);
    if (this.#isShared) this.#sayShared();
  }

  #sayShared(): void {
    byId('strip', SVGSVGElement).style.display = 'none';
    byId('real-caption', HTMLElement).textContent = NO_WHEEL;
  }

  #draw({ slots, current, entries, occupied }: WheelState): void {
    const [all, hand, waiting, used] = [slots, current, entries, occupied.length].map((n) =>
      n.toLocaleString('en'),
    );
    byId('real-caption', HTMLElement).textContent =
      `The wheel above has 60 slots and turns once a minute. The service’s real wheel, unrolled here, has ${all} slots. Its hand is at slot ${hand}, and ${used} slots hold ${waiting} reminders: for codes, counters, locks and sends.`;
    const strip = byId('strip', SVGSVGElement);
    strip.setAttribute('viewBox', `0 0 ${slots} 34`);
    const most = Math.max(1, ...occupied.map(({ entries }) => entries));
    const marks = occupied
      .map(
        ({ slot, entries }) =>
          `M${slot} 34v${-(6 + 20 * (Math.log1p(entries) / Math.log1p(most))).toFixed(1)}`,
      )
      .join('');
    strip.replaceChildren(path('marks', marks), path('hand', `M${current} 34V0`));
  }
}

function path(name: string, d: string): SVGPathElement {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('class', name);
  made.setAttribute('d', d);
  return made;
}
