import { clockFace, offsetInWords, type ServiceTime } from '../model/service-time.ts';
import type { ClockState } from '../model/wire.ts';
import type { Api } from './api.ts';
import { byId, onClick, onSubmit, say, show } from './dom.ts';

/**
 * Connects the buttons that move service time.
 *
 * @param adopt called with each state of the clock that the service reports
 * @returns a function that asks the service for its time
 */
export function clockPanel(
  api: Api,
  time: ServiceTime,
  adopt: (state: ClockState) => void,
): () => Promise<void> {
  const move = async (lever: object) => {
    const answer = await api.call<ClockState & { expired: number }>('POST', '/mock/clock', lever);
    if (!answer.ok) return say('clock-answer', answer.problem);
    const { expired } = answer.body;
    adopt(answer.body);
    say('clock-answer', expired > 0 ? `${expired.toLocaleString('en')} expired.` : '');
  };
  for (const button of document.querySelectorAll('[data-advance]')) {
    const seconds = Number(button.getAttribute('data-advance'));
    button.addEventListener('click', () => move({ advance: seconds }));
  }
  onSubmit('advance-form', move);
  onClick('freeze', () => move({ freeze: !time.frozen }));
  onClick('real-time', () => move({ reset: true }));
  return async () => {
    const askedAt = performance.now();
    const answer = await api.call<ClockState>('GET', '/mock/clock');
    // An event that arrived meanwhile may be about a later move than this answer.
    if (answer.ok && time.reportedAt <= askedAt) adopt(answer.body);
  };
}

/** Shows service time. @param at the browser's monotonic time, in ms */
export function showTime(service: ServiceTime, at: number): void {
  const { time, date } = clockFace(service.now(at));
  const offset = offsetInWords(service.offset(at));
  const freeze = service.frozen ? 'Unfreeze' : 'Freeze';
  for (const [id, text] of Object.entries({ time, date, offset, freeze })) show(byId(id, HTMLElement), text);
  // Setting `hidden`, even to what it is, has the browser recalculate styles in every frame. This does not.
  byId('frozen', HTMLElement).toggleAttribute('hidden', !service.frozen);
}
