import { expect } from 'bun:test';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Service } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import { open, request, row, send, withService } from '../support/page-steps.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';
import { weakContrasts } from './contrast.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const LONG_NAME = `${'a.rather.long.name.'.repeat(8)}@example.com`;

/** A code in each state, and what the levers list. */
async function fill(service: Service): Promise<void> {
  await request(service, { user: 'locked', code: '111111' });
  for (let guess = 0; guess < 5; guess++)
    await send(service, 'POST', '/otp/verify', { user: 'locked', code: '000000' });
  for (const user of ['verified', 'cancelled', 'expired', 'replaced', 'replaced', 'waits', 'newest'])
    await request(service, { user, code: '222222' });
  await send(service, 'POST', '/otp/verify', { user: 'verified', code: '222222' });
  await send(service, 'POST', '/otp/cancel', { user: 'cancelled' });
  await send(service, 'POST', '/mock/expire', { user: 'expired' });
  await send(service, 'PUT', '/mock/faults', [{ on: 'verify', user: 'nobody', status: 503 }]);
  await send(service, 'PUT', '/mock/codes', [{ user: 'nobody', code: '333333' }]);
}

/** Opens the panel of levers with all its forms at once, which a click does not. */
async function openAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Levers', exact: true }).click();
  for (const part of await page.locator('details').all())
    await part.evaluate((it) => {
      it.removeAttribute('name');
      it.setAttribute('open', '');
    });
}

/** What axe-core finds wrong, as a line for each element. @param part a selector of the part to look at */
async function violations(page: Page, part: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(part)})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(
    `in the ${colorScheme} theme text has a contrast of 4.5:1, edges have 3:1, and axe finds nothing`,
    (browser) =>
      withService(async (service) => {
        await fill(service);
        const { page, complaints } = await watchedPage(browser, { colorScheme, reducedMotion: 'reduce' });
        await open(page, service);
        await row(page, 'newest').waitFor(SOON);
        await page.evaluate(axe.source);
        const inspect = async (part: string) => {
          expect(await weakContrasts(page)).toEqual([]);
          expect(await violations(page, part)).toEqual([]);
        };
        await openAll(page);
        await row(page, 'waits').hover();
        await row(page, 'waits').getByRole('button', { name: 'Verify' }).click();
        await page.locator('#toast:not(:empty)').waitFor(SOON);
        await inspect('html');
        await page.getByRole('button', { name: 'Reset everything' }).click();
        await page.getByRole('dialog', { name: 'Reset everything?' }).waitFor(SOON);
        await inspect('dialog[open]');
        await page.keyboard.press('Escape');
        await page.evaluate(() => {
          const dialog = document.querySelector('#key-dialog');
          if (dialog instanceof HTMLDialogElement) dialog.showModal();
        });
        await inspect('dialog[open]');
        expect(complaints).toEqual([]);
      }),
  );
}

browserTest('on a phone every control is at least 44 pixels high, and a long name can be read', (browser) =>
  withService(async (service) => {
    await fill(service);
    await request(service, { user: LONG_NAME });
    const { page, complaints } = await watchedPage(browser, PHONE);
    await open(page, service);
    const long = row(page, LONG_NAME);
    await long.waitFor(SOON);
    await openAll(page);

    const small = await page.locator('a, button, input, select, summary').evaluateAll((controls) =>
      controls.flatMap((control) => {
        // A checkbox is as large as its label.
        const target = control.closest('label') ?? control;
        const { width, height } = target.getBoundingClientRect();
        const isShown = control.checkVisibility({ visibilityProperty: true }) && !control.matches('.skip');
        return isShown && Math.min(width, height) < 44 ? [`${width} by ${height}: ${target.outerHTML}`] : [];
      }),
    );
    expect(small).toEqual([]);

    const name = await long.locator('.user').evaluate((it) => {
      const all = document.createRange();
      all.selectNodeContents(it);
      const [text, list] = [all.getBoundingClientRect(), it.closest('li')?.getBoundingClientRect()];
      const { textOverflow, whiteSpace } = getComputedStyle(it);
      return {
        fits: text.right <= (list?.right ?? 0),
        lines: all.getClientRects().length,
        textOverflow,
        whiteSpace,
      };
    });
    expect(name).toMatchObject({ fits: true, textOverflow: 'clip', whiteSpace: 'normal' });
    expect(name.lines).toBeGreaterThan(3);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(complaints).toEqual([]);
  }),
);
