import { clockFace, offsetInWords, type ServiceTime } from '../model/service-time.ts';
import type { ClockState } from '../model/wire.ts';
import { problemInWords } from '../model/words.ts';
import type { Api } from './api.ts';
import { byId, fieldValue, onClick, onSubmit, say } from './dom.ts';

/** Shows service time, and moves it. */
export class ClockPanel {
  readonly #api: Api;
  readonly #time: ServiceTime;
  readonly #adopt: (state: ClockState) => void;
  #shown = '';

  /** @param adopt called with each state of the clock that the service reports */
  constructor(api: Api, time: ServiceTime, adopt: (state: ClockState) => void) {
    this.#api = api;
    this.#time = time;
    this.#adopt = adopt;
    for (const button of document.querySelectorAll('[data-advance]')) {
      const seconds = Number(button.getAttribute('data-advance'));
      button.addEventListener('click', () => this.#move({ advance: seconds }));
    }
    onSubmit('advance-form', () => this.#move({ advance: Number(fieldValue('advance')) }));
    onClick('freeze', () => this.#move({ freeze: !time.frozen }));
    onClick('real-time', () => this.#move({ reset: true }));
  }

  async refresh(): Promise<void> {
    const askedAt = performance.now();
    const answer = await this.#api.call<ClockState>('GET', '/mock/clock');
    // An event that arrived meanwhile may be about a later move than this answer.
    if (answer.ok && this.#time.reportedAt <= askedAt) this.#adopt(answer.body);
  }

  /** @param at the browser's monotonic time, in ms */
  render(at: number): void {
    const now = this.#time.now(at);
    const offset = offsetInWords(this.#time.offset(at));
    const { frozen } = this.#time;
    const shown = `${Math.floor(now / 1_000)} ${offset} ${frozen}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { time, date } = clockFace(now);
    byId('time', HTMLElement).textContent = time;
    byId('date', HTMLElement).textContent = date;
    byId('offset', HTMLElement).textContent = offset;
    byId('frozen', HTMLElement).hidden = !frozen;
    byId('freeze', HTMLElement).textContent = frozen ? 'Unfreeze' : 'Freeze';
  }

  async #move(lever: object): Promise<void> {
    const answer = await this.#api.call<ClockState & { expired: number }>('POST', '/mock/clock', lever);
    if (!answer.ok) return say('clock-answer', problemInWords(answer.problem), 'bad');
    const { expired } = answer.body;
    this.#adopt(answer.body);
    say('clock-answer', expired > 0 ? `${expired.toLocaleString('en')} expired.` : '');
  }
}
