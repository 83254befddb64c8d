import { expect } from 'bun:test';
import { createService } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import { request } from '../support/page-steps.ts';
import { watchedPage } from '../support/watched-page.ts';
import { longestTaskMs } from './longest-task.ts';

/** A longer task is visible: the page seems to hang. */
const STALL_MS = 200;

/**
 * A deliberate stall, of a second of work: other processes may take a part of it in pieces too short to be noticed here, and
 * what is left must still be far over the mark.
 */
const STALL = `new Promise((done) => setTimeout(() => {
  let worked = 0;
  for (let last = performance.now(); worked < 1_000; ) {
    const now = performance.now();
    if (now - last < 1) worked += now - last;
    last = now;
  }
  done();
}))`;

browserTest(
  'the page keeps up with 1,000 codes a second: it shows the newest, counts the rest and never stalls',
  async (browser) => {
    const service = createService({ PORT: '0', HOST: '127.0.0.1' });
    try {
      const { page, complaints } = await watchedPage(browser);
      await page.goto(await service.listen());
      await page.locator('#connection[data-state=connected]').waitFor();
      expect(await longestTaskMs(browser, page, () => page.evaluate(STALL))).toBeGreaterThan(STALL_MS);

      const longestMs = await longestTaskMs(browser, page, async () => {
        const startedAt = performance.now();
        for (let sent = 0; sent < 3_000; sent += 50) {
          const users = Array.from({ length: 50 }, (_, i) => `user-${sent + i}`);
          await Promise.all(users.map((user) => request(service, { user, ttl: 60 + (sent % 240) })));
          await Bun.sleep(Math.max(0, startedAt + sent - performance.now()));
        }
        await page.getByText('newest 50 of 3,000').waitFor({ timeout: 10_000 });
      });
      expect(longestMs).toBeLessThan(STALL_MS);
      expect(await page.locator('#list > li').count()).toBe(50);
      expect(await page.locator('#list .user').first().textContent()).toBe('user-2999');
      expect(await page.locator('#hub-count').textContent()).toBe('1,000');
      expect(complaints).toEqual([]);
    } finally {
      await service.stop();
    }
  },
);
