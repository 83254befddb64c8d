import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** The page shows within this time what it should. It polls every 3 s, and the machine may be busy. */
export const SOON = { timeout: 30_000 };

export interface WatchedPage {
  readonly page: Page;
  /** The browser's complaints so far: errors, dialogs, and violations of the Content-Security-Policy. */
  readonly complaints: string[];
}

/** Opens a page that records every complaint of the browser. @param expected complaints that the test provokes */
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
