import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Whatever the page should show, and has not by then, it never will; it may wait for a look each 3 s, on a busy machine. */
export const SOON = { timeout: 30_000 };

export interface WatchedPage {
  readonly page: Page;
  /** What the browser has complained of so far: errors, and breaches of the Content-Security-Policy. */
  readonly complaints: string[];
}

/** A page that notes every complaint of the browser. @param expected complaints that are part of the test */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
  expected?: RegExp,
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, ...options });
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected?.test(text)) complaints.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') complain(message.text());
  });
  page.on('pageerror', (error) => complain(error.message));
  page.on('dialog', async (dialog) => {
    complain(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await page.exposeFunction('complainOfPolicy', (text: string) => complain(`policy: ${text}`));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (e) => complainOfPolicy(e.violatedDirective + ' ' + e.blockedURI))",
  );
  return { page, complaints };
}
