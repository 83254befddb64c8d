import type { Browser, Page } from 'playwright-core';

/** What Chromium's trace says of a task that a thread ran, and of a thread's name; there is more in it. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time that the thread took for it, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The part of a trace that tells of tasks. */
const CATEGORIES = ['disabled-by-default-devtools.timeline'];

/**
 * The most that a page's main thread did at one go while `run` ran: the longest of its tasks, in milliseconds of
 * processor time. That is the page's own doing; by the clock a task takes as long as a busy machine has it wait.
 *
 * @throws Error if the trace knows no task of a page
 */
export async function longestTaskMs(
  browser: Browser,
  page: Page,
  run: () => Promise<unknown>,
): Promise<number> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await run();
  const trace = await browser.stopTracing();
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString());
  const pages = new Set(traceEvents.filter(({ args }) => args.name === 'CrRendererMain').map(threadOf));
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && pages.has(threadOf(event)));
  const took = tasks.flatMap(({ tdur }) => tdur ?? []);
  if (took.length === 0) throw new Error('the trace has no task of a page');
  return Math.max(...took) / 1_000;
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}
