import { Announcements } from './model/announcements.ts';
import { CodeList } from './model/code-list.ts';
import { ServiceTime } from './model/service-time.ts';
import type { ClockState, ServiceEvent } from './model/wire.ts';
import { Api } from './view/api.ts';
import { ClockPanel } from './view/clock-panel.ts';
import { CodeRows } from './view/code-rows.ts';
import { Dial } from './view/dial.ts';
import { byId, fieldValue } from './view/dom.ts';
import { Inbox } from './view/inbox.ts';
import { askForKey, prepareKeyDialog } from './view/key-dialog.ts';
import { followEvents } from './view/live-events.ts';
import { OtpForms } from './view/otp-forms.ts';
import { prepareRowButtons } from './view/row-buttons.ts';
import { faultList, fixedCodeList } from './view/rule-lists.ts';
import { prepareStartClean } from './view/start-clean.ts';
import { UnrolledWheel } from './view/unrolled-wheel.ts';

/** Codes shown in the list. The others are only counted. */
const SHOWN = 50;
/** Time between two renderings of the list: events arrive much faster. */
const RENDER_MS = 200;
/** Time between two polls of what has no event, and between two sentences for a screen reader. */
const REFRESH_MS = 3_000;

// The model holds what the service reported. Each view is drawn from it at its own pace.
const codes = new CodeList();
const time = new ServiceTime(Date.now(), performance.now());
const news = new Announcements();

const api = new Api(askForKey);
const inbox = new Inbox(api, codes);
const rows = new CodeRows();
const forms = new OtpForms(api);
const dial = new Dial(byId('dial', HTMLCanvasElement), codes, time);
const clock = new ClockPanel(api, time, adopt);
const refreshed = [clock, new UnrolledWheel(api), faultList(api), fixedCodeList(api)];

prepareKeyDialog();
prepareRowButtons({ api, codes, forms, dial });
prepareStartClean(api, () => {
  codes.apply({ type: 'mock.reset' });
  // Codes may have been requested since the reset, before its answer arrived.
  inbox.load();
  refresh();
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
  onGap() {
    inbox.load();
    refresh();
  },
  onConnection(state) {
    connection = state;
    showConnection();
  },
});

function showConnection(): void {
  const state = connection === 'connected' && api.isStoreDown ? 'store down' : connection;
  const shown = byId('connection', HTMLElement);
  if (shown.dataset['state'] === state) return;
  shown.textContent = state;
  shown.dataset['state'] = state;
}

function onEvent(event: ServiceEvent): void {
  codes.apply(event);
  news.note(event);
  if (event.type === 'mock.clock') adopt(event);
  // Going back to real time deletes all codes.
  if (event.type === 'mock.clock' || event.type === 'mock.reset') inbox.load();
}

/** Takes a report of service time. If it was moved, the hand sweeps there. */
function adopt(state: ClockState): void {
  const at = performance.now();
  const moved = time.adopt(state, at);
  if (moved !== 0) dial.leap(moved, at);
}

function refresh(): void {
  if (connection === 'connected' && !document.hidden) for (const part of refreshed) part.refresh();
}

let renderedAt = Number.NEGATIVE_INFINITY;

function draw(at: number): void {
  dial.draw(at);
  clock.render(at);
  if (at - renderedAt >= RENDER_MS) {
    renderedAt = at;
    showConnection();
    const now = time.now(at);
    rows.render(codes.newest(SHOWN, fieldValue('filter')), codes.total, now);
    byId('hub-count', HTMLElement).textContent = dial.count.toLocaleString('en');
    byId('dial', HTMLElement).setAttribute('aria-label', dial.inWords(now));
  }
  requestAnimationFrame(draw);
}
