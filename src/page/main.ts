import { Announcements } from './model/announcements.ts';
import { CodeList, type Excerpt } from './model/code-list.ts';
import { ServiceTime } from './model/service-time.ts';
import type { ClockState, ServiceEvent } from './model/wire.ts';
import { countInWords } from './model/words.ts';
import { Api } from './view/api.ts';
import { clockPanel, showTime } from './view/clock-panel.ts';
import { CodeRows } from './view/code-rows.ts';
import { Dial } from './view/dial.ts';
import { byId, onClick, show } from './view/dom.ts';
import { inboxLoader } from './view/inbox.ts';
import { askForKey } from './view/key-dialog.ts';
import { prepareLeverPanel } from './view/lever-panel.ts';
import { followEvents } from './view/live-events.ts';
import { prepareOtpForms } from './view/otp-forms.ts';
import { prepareRowButtons } from './view/row-buttons.ts';
import { faultList, fixedCodeList } from './view/rule-lists.ts';
import { prepareShowMe } from './view/show-me.ts';
import { prepareStartClean } from './view/start-clean.ts';
import { unrolledWheel } from './view/unrolled-wheel.ts';

/** Codes shown at first, and more with each press of the button. */
const STEP = 50;
/** Time between two renderings of what need not move smoothly: events arrive much faster. */
const RENDER_MS = 200;
/** Time between two polls of what has no event, and between two sentences for a screen reader. */
const REFRESH_MS = 3_000;

// The model holds what the service reported. Each view is drawn from it at its own pace.
const codes = new CodeList();
const time = new ServiceTime(Date.now(), performance.now());
const news = new Announcements();

const api = new Api(askForKey);
const loadInbox = inboxLoader(api, codes);
const rows = new CodeRows();
const dial = new Dial(byId('dial', HTMLCanvasElement), codes, time);
const polls = [
  clockPanel(api, time, adopt),
  unrolledWheel(api, () => dial.count),
  faultList(api),
  fixedCodeList(api),
];

prepareLeverPanel();
prepareOtpForms(api);
prepareShowMe(api);
prepareRowButtons(api, codes, dial);
prepareStartClean(api, () => {
  codes.apply({ type: 'mock.reset' });
  // Codes may have been requested since the reset, before its answer arrived.
  reload();
});

const search = byId('search', HTMLInputElement);
const pendingOnly = byId('pending-only', HTMLInputElement);
let limit = STEP;
search.addEventListener('input', () => {
  limit = STEP;
});
onClick('more', () => {
  limit += STEP;
});

let connection: 'connecting' | 'connected' | 'reconnecting' = 'connecting';
setInterval(refresh, REFRESH_MS);
setInterval(() => {
  const sentence = news.take();
  if (sentence !== undefined) byId('news', HTMLElement).textContent = sentence;
}, REFRESH_MS);
requestAnimationFrame(draw);

followEvents(api, {
  onEvent,
  onGap: reload,
  onConnection(state) {
    connection = state;
  },
});

function onEvent(event: ServiceEvent): void {
  codes.apply(event);
  news.note(event);
  if (event.type === 'mock.clock') adopt(event);
  // Going back to real time deletes all codes. Others may have arrived since the inbox was emptied.
  if (event.type.startsWith('mock.')) loadInbox();
}

/** Takes a report of service time. If it was moved, the hand sweeps there. */
function adopt(state: ClockState): void {
  const at = performance.now();
  const moved = time.adopt(state, at);
  if (moved !== 0) dial.leap(moved, at);
}

function reload(): void {
  loadInbox();
  refresh();
}

/** Asks for what has no event. */
function refresh(): void {
  if (connection === 'connected' && !document.hidden) for (const poll of polls) poll();
}

let renderedAt = Number.NEGATIVE_INFINITY;

function draw(at: number): void {
  dial.draw(at);
  showTime(time, at);
  if (at - renderedAt >= RENDER_MS) {
    renderedAt = at;
    render(time.now(at));
  }
  requestAnimationFrame(draw);
}

function render(now: number): void {
  const state = connection === 'connected' && api.isStoreDown ? 'store down' : connection;
  const status = byId('connection', HTMLElement);
  show(status, state);
  status.dataset['state'] = state;
  const excerpt = codes.newest(limit, { text: search.value, pendingOnly: pendingOnly.checked }, now);
  rows.render(excerpt, now);
  renderCounts(excerpt, codes.pending(now));
  show(byId('hub-count', HTMLElement), dial.count.toLocaleString('en'));
  show(byId('dial-note', HTMLElement), dial.highlightInWords(now) || 'Point at a code to find its dot.');
  byId('dial', HTMLElement).setAttribute('aria-label', dial.inWords(now));
}

function renderCounts({ codes: { length: shown }, matching }: Excerpt, pending: number): void {
  const { total } = codes;
  show(byId('count', HTMLElement), countInWords(shown, matching, total));
  const rest = matching - shown;
  show(byId('more', HTMLElement), `Show ${Math.min(STEP, rest)} more`);
  byId('more', HTMLElement).toggleAttribute('hidden', rest === 0);
  byId('empty', HTMLElement).toggleAttribute('hidden', total > 0);
  byId('no-match', HTMLElement).toggleAttribute('hidden', total === 0 || matching > 0);
  const title = pending > 0 ? `(${pending}) mock-otp-service` : 'mock-otp-service';
  if (document.title !== title) document.title = title;
}
