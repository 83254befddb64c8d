import { type Browser, chromium } from 'playwright-core';
import { testNeeding } from './needing.ts';

/** Chromium where a machine has it, under the names that its packages give it. */
const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => Bun.which(name))
  .find(Boolean);

const ONLY_HERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

/** A browser on a busy machine takes its time. */
const LIMIT_MS = 180_000;

/**
 * A test in a real browser. Without one it is skipped, and says what to install; in CI it fails.
 *
 * Only this machine can be reached: any other name resolves to nothing.
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
