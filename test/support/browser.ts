import { type Browser, chromium } from 'playwright-core';
import { testNeeding } from './needing.ts';

/** Chromium, under the names that its packages use. */
const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => Bun.which(name))
  .find(Boolean);

const ONLY_HERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

/** A browser is slow on a busy machine. */
const LIMIT_MS = 180_000;

/**
 * A test in a real browser. Without Chromium it is skipped with a note of what to install; in CI it fails.
 *
 * The browser reaches only this machine: no other name resolves.
 */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  const inBrowser = async () => {
    const browser = await chromium.launch({
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        ONLY_HERE,
      ],
    });
    try {
      await run(browser);
    } finally {
      await browser.close();
    }
  };
  const lack = executablePath ? undefined : 'no Chromium found: apt-get install chromium';
  testNeeding(lack, name, inBrowser, LIMIT_MS);
}
