import type { WheelState } from '../model/wire.ts';
import { unrolledInWords } from '../model/words.ts';
import type { Api } from './api.ts';
import { byId, show, within } from './dom.ts';

/**
 * The service's real wheel, unrolled: a mark for each slot that is not empty, and the hand.
 *
 * @param countShown counts the codes that the wheel above shows
 * @returns a function that asks for it and shows it
 */
export function unrolledWheel(api: Api, countShown: () => number): () => Promise<void> {
  // A shared store has no wheel. This never changes while the service runs.
  let isShared = false;
  return async () => {
    if (isShared) return;
    const answer = await api.call<WheelState>('GET', '/mock/wheel');
    isShared = !answer.ok && answer.problem.code === 'not_with_shared_store';
    byId('real', HTMLElement).hidden = !answer.ok;
    byId('no-wheel', HTMLElement).hidden = !isShared;
    if (answer.ok) draw(answer.body, countShown());
  };
}

function draw({ slots, current, entries, occupied }: WheelState, shown: number): void {
  show(byId('real-caption', HTMLElement), unrolledInWords(slots, current, entries, shown));
  const most = Math.max(1, ...occupied.map(({ entries }) => entries));
  const marks = occupied.map(({ slot, entries }) => {
    const height = 6 + 20 * (Math.log1p(entries) / Math.log1p(most));
    return `M${slot} 34v${-height.toFixed(1)}`;
  });
  const strip = byId('strip', SVGSVGElement);
  strip.setAttribute('viewBox', `0 0 ${slots} 34`);
  within(strip, '.marks', SVGPathElement).setAttribute('d', marks.join(''));
  within(strip, '.hand', SVGPathElement).setAttribute('d', `M${current} 34V0`);
}
