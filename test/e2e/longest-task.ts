import type { Browser, Page } from 'playwright-core';

/** The part of an event in Chromium's trace that is read here: a task of a thread, or a thread's name. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** The task's processor time, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The trace category that has the tasks. */
const CATEGORIES = ['disabled-by-default-devtools.timeline'];

/**
 * The longest task of a page's main thread while `run` runs, in milliseconds of processor time. Wall time would include
 * the time that a busy machine makes the task wait.
 *
 * @throws Error if the trace has no task of a page
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
