import type { WheelState } from '../model/wire.ts';
import type { Api } from './api.ts';
import { byId } from './dom.ts';

const SVG = 'http://www.w3.org/2000/svg';

const SHARED =
  'Drawn above from the codes in the list. The store that the replicas of this service share keeps the deadlines itself, so there is no wheel of the service’s own to unroll here.';

/** The service's own wheel, unrolled: a mark for each slot that is not empty, and the hand. */
export class UnrolledWheel {
  readonly #api: Api;
  /** Whether the service has no wheel of its own to show; it will not get one while it runs. */
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
    byId('real-caption', HTMLElement).textContent = SHARED;
  }

  #draw({ slots, current, entries, occupied }: WheelState): void {
    const [of, hand, codes, used] = [slots, current, entries, occupied.length].map((n) =>
      n.toLocaleString('en'),
    );
    byId('real-caption', HTMLElement).textContent =
      `Drawn above with 60 slots, a turn a minute. The service’s own wheel, unrolled here, has ${of}: its hand is at slot ${hand}, ${codes} reminders wait in ${used} of them, for codes and for what is remembered after them.`;
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
