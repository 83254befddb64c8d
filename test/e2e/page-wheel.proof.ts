import { expect } from 'bun:test';
import { browserTest } from '../support/browser.ts';
import { open, request, row, withService } from '../support/page-steps.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

browserTest('the wheel finds the code under the pointer or the focus, and says where it is', (browser) =>
  withService(async (service) => {
    await request(service, { user: 'alice', ttl: 45 });
    await request(service, { user: 'bob', ttl: 150 });
    const { page, complaints } = await watchedPage(browser);
    await open(page, service);
    await row(page, 'bob').waitFor(SOON);
    const wheel = page.locator('#wheel');
    await wheel
      .getByText('A code sits in the second it expires; inner rings are later minutes.')
      .waitFor(SOON);
    await wheel.getByText('Point at a code to find its dot.').waitFor(SOON);
    await row(page, 'bob').hover();
    await wheel.getByText(/^Second \d+, 2 rings in, 1\d\d s to go: bob$/).waitFor(SOON);
    await page.mouse.move(0, 0);
    await wheel.getByText('Point at a code to find its dot.').waitFor(SOON);
    await row(page, 'alice').getByRole('button', { name: 'Expire' }).focus();
    await wheel.getByText(/^Second \d+, at the rim, \d\d? s to go: alice$/).waitFor(SOON);
    await page.keyboard.press('Enter');
    await wheel.getByText('No longer on the wheel: alice').waitFor(SOON);
    expect(complaints).toEqual([]);
  }),
);

browserTest(
  'Show me issues five short codes, and the unrolled wheel counts them as the wheel does',
  (browser) =>
    withService(async (service) => {
      const { page, complaints } = await watchedPage(browser);
      await open(page, service);
      await page.getByText('No codes yet').waitFor(SOON);
      await page.getByRole('button', { name: 'Show me' }).click();
      await row(page, 'show-me-5').waitFor(SOON);
      await page
        .locator('#dial[aria-label*=" 5 codes wait."], #hub-count:text-is("5")')
        .first()
        .waitFor(SOON);
      const seconds = await page.locator('#list .seconds').allTextContents();
      for (const left of seconds) expect(Number(left)).toBeLessThanOrEqual(75);

      const caption = page.locator('#real-caption');
      expect(await caption.isVisible()).toBe(false);
      await page.getByText('The real wheel, unrolled').click();
      await caption.getByText('the 5 waiting above, and 0 other reminders').waitFor(SOON);
      expect(await page.locator('#hub-count').textContent()).toBe('5');
      expect(complaints).toEqual([]);
    }),
);
