import { expect } from 'bun:test';
import { browserTest } from '../support/browser.ts';
import { openLever } from '../support/page-steps.ts';
import { RedisServer } from '../support/redis-server.ts';
import { startReplicas } from '../support/replicas.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

browserTest(
  'the page of one replica shows what others do, that there is no wheel, and that Redis is away',
  async (browser) => {
    await using redis = await RedisServer.start();
    await using both = await startReplicas(2, redis.url);
    const { page, complaints } = await watchedPage(browser, {}, /status of (409|503)/);
    await page.goto(both.url(0));
    await page.locator('#connection[data-state=connected]').waitFor(SOON);

    await both.post('/otp/request', { user: 'alice@example.com', ttl: 60 }, 1);
    await page.locator('#list > li', { hasText: 'alice@example.com' }).waitFor(SOON);
    await both.put('/mock/codes', [{ user: 'test-*', code: '123456' }], 1);
    await openLever(page, 'Fixed codes');
    await page.locator('#fixed').getByText('test-*: 123456').waitFor(SOON);
    await both.post('/mock/clock', { advance: 90 }, 1);
    await page.locator('#list > li[data-state=expired]').waitFor(SOON);
    await page.getByText('1 min 30 s ahead of real time').waitFor(SOON);
    await openLever(page, 'Move the clock');
    await page.getByRole('button', { name: '+1 min' }).click();
    await page.getByText('2 min 30 s ahead of real time').waitFor(SOON);
    expect((await both.send('/mock/clock', {}, 1)).body).toMatchObject({ offset: 150 });
    await page.getByText('this service has no wheel to show here').waitFor(SOON);
    expect(await page.locator('#strip').isVisible()).toBe(false);

    await redis.kill();
    await page.locator('#connection', { hasText: 'store down' }).waitFor(SOON);
    await redis.start();
    await page.locator('#connection[data-state=connected]').waitFor(SOON);
    await page.locator('#list > li').waitFor({ state: 'detached', ...SOON });
    expect(complaints).toEqual([]);
  },
);
