import { expect } from 'bun:test';
import type { Route } from 'playwright-core';
import { browserTest } from '../support/browser.ts';
import { open, openLever, request, requestInForm, row, withService } from '../support/page-steps.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

browserTest('a poll answered after a lever was moved, but from before it, is not shown', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser);
    const late = Promise.withResolvers<void>();
    const urls = ['clock', 'faults'].map((path) => `${service.url}/mock/${path}`);
    const given: Promise<void>[] = [];
    for (const url of urls) {
      const { promise, resolve } = Promise.withResolvers<void>();
      given.push(promise);
      const hold = async (route: Route) => {
        const response = await route.fetch();
        resolve();
        await late.promise;
        await route.fulfill({ response });
      };
      await page.route(url, hold, { times: 1 });
    }
    await open(page, service);
    await Promise.all(given);

    await openLever(page, 'Move the clock');
    await page.getByRole('button', { name: 'Freeze' }).click();
    await page.getByText('frozen', { exact: true }).waitFor(SOON);
    await openLever(page, 'Faults');
    await page.locator('#faults-form').getByRole('button', { name: 'Add' }).click();
    await page.locator('#faults').getByText('verify: 503, once').waitFor(SOON);
    const shown = urls.map((url) => page.waitForResponse(url, SOON));
    late.resolve();
    await Promise.all(shown);
    await requestInForm(page, 'bob@example.com');
    await row(page, 'bob@example.com').waitFor(SOON);
    expect(await page.getByText('frozen', { exact: true }).isVisible()).toBe(true);
    expect(await page.locator('#faults > li').count()).toBe(1);
    expect(complaints).toEqual([]);
  }),
);

browserTest('a code requested before the answer to a reset arrives stays on the page', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser);
    await request(service, { user: 'alice@example.com' });
    await open(page, service);
    await row(page, 'alice@example.com').waitFor(SOON);

    const late = Promise.withResolvers<void>();
    await page.route(`${service.url}/mock/reset`, async (route) => {
      const response = await route.fetch();
      await late.promise;
      await route.fulfill({ response });
    });
    await openLever(page, 'Start clean');
    await page.getByRole('button', { name: 'Reset everything' }).click();
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.getByText('No codes yet').waitFor(SOON);
    await requestInForm(page, 'bob@example.com');
    await row(page, 'bob@example.com').waitFor(SOON);
    late.resolve();
    await page.getByText('Everything is reset.').waitFor({ state: 'attached', ...SOON });
    await requestInForm(page, 'carol@example.com');
    await row(page, 'carol@example.com').waitFor(SOON);
    await row(page, 'bob@example.com').waitFor(SOON);
    expect(complaints).toEqual([]);
  }),
);
