import { expect } from 'bun:test';
import { createService } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import { watchedPage } from '../support/watched-page.ts';

const NOTE_STALLS = `
  longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ type: 'longtask' });`;

/** Resolves to the length of a stall, made on purpose, as the page's observer sees it. */
const STALL = `new Promise((seen) => {
  const look = () => (longest >= 300 ? seen(longest) : setTimeout(look, 10));
  setTimeout(() => {
    for (const from = performance.now(); performance.now() - from < 300; );
    look();
  });
})`;

browserTest(
  'the page keeps up with 1,000 codes a second: the newest are shown, the rest counted, and nothing stalls',
  async (browser) => {
    const service = createService({ PORT: '0', HOST: '127.0.0.1' });
    const request = (user: string, ttl: number) =>
      service.app.handle(
        new Request('http://localhost/otp/request', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ user, ttl }),
        }),
      );
    try {
      const { page, complaints } = await watchedPage(browser);
      await page.addInitScript(NOTE_STALLS);
      await page.goto(await service.listen());
      await page.locator('#connection[data-state=connected]').waitFor();
      expect(await page.evaluate(STALL)).toBeGreaterThanOrEqual(300);
      await page.evaluate('longest = 0');

      const startedAt = performance.now();
      for (let sent = 0; sent < 3_000; sent += 50) {
        const users = Array.from({ length: 50 }, (_, i) => `user-${sent + i}`);
        await Promise.all(users.map((user) => request(user, 30 + (sent % 270))));
        await Bun.sleep(Math.max(0, startedAt + sent - performance.now()));
      }
      await page.getByText('newest 50 of 3,000').waitFor({ timeout: 10_000 });
      expect(await page.locator('#list > li').count()).toBe(50);
      expect(await page.locator('#list .user').first().textContent()).toBe('user-2999');
      expect(await page.locator('#hub-count').textContent()).toBe('1,000');
      expect(await page.evaluate('longest')).toBeLessThan(200);
      expect(complaints).toEqual([]);
    } finally {
      await service.stop();
    }
  },
);
