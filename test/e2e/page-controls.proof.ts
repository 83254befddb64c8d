import { expect } from 'bun:test';
import type { Page } from 'playwright-core';
import type { Service } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import { open, openLever, request, row, withService } from '../support/page-steps.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

/** The name of the control that has the focus, such as `Copy the code of alice`. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    () => document.activeElement?.textContent?.trim() || document.activeElement?.id || 'nothing',
  );
}

async function faultsOf(service: Service): Promise<unknown> {
  const answer = await service.app.handle(new Request('http://localhost/mock/faults'));
  return answer.json();
}

browserTest('the focus stays in the list when the button or the row that had it goes', (browser) =>
  withService(async (service) => {
    for (const user of ['alice', 'bob', 'carol', 'dave']) await request(service, { user });
    const { page, complaints } = await watchedPage(browser);
    await open(page, service);
    await row(page, 'dave').waitFor(SOON);
    const press = async (button: string, user: string) => {
      await page.getByRole('button', { name: `${button} the code of ${user}` }).focus();
      await page.keyboard.press('Enter');
    };
    const endsAs = (user: string, state: string) =>
      row(page, user)
        .and(page.locator(`[data-state=${state}]`))
        .waitFor(SOON);

    await press('Verify', 'dave');
    await endsAs('dave', 'verified');
    expect(await focused(page)).toBe('Copy the code of dave');
    await press('Expire', 'carol');
    await endsAs('carol', 'expired');
    expect(await focused(page)).toBe('Copy the code of carol');

    await page.getByRole('checkbox', { name: 'Pending only' }).check();
    await row(page, 'carol').waitFor({ state: 'detached', ...SOON });
    await press('Expire', 'bob');
    await row(page, 'bob').waitFor({ state: 'detached', ...SOON });
    expect(await focused(page)).toBe('Copy the code of alice');
    await press('Verify', 'alice');
    await row(page, 'alice').waitFor({ state: 'detached', ...SOON });
    expect(await focused(page)).toBe('search');
    expect(complaints).toEqual([]);
  }),
);

browserTest('a reset asks first, and Cancel and Escape keep everything', (browser) =>
  withService(async (service) => {
    await request(service, { user: 'alice' });
    const { page, complaints } = await watchedPage(browser);
    await open(page, service);
    await row(page, 'alice').waitFor(SOON);
    await openLever(page, 'Start clean');
    const dialog = page.getByRole('dialog', { name: 'Reset everything?' });
    const ask = async () => {
      await page.getByRole('button', { name: 'Reset everything' }).click();
      await dialog.waitFor(SOON);
    };
    await ask();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await ask();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Reset everything…');
    expect(await row(page, 'alice').isVisible()).toBe(true);
    await ask();
    await dialog.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.getByText('Everything is reset.').waitFor(SOON);
    await row(page, 'alice').waitFor({ state: 'detached', ...SOON });
    // What was chosen the last time is not chosen again.
    await request(service, { user: 'bob' });
    await row(page, 'bob').waitFor(SOON);
    await ask();
    await page.keyboard.press('Escape');
    await openLever(page, 'Request a code');
    expect(await row(page, 'bob').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  }),
);

browserTest('the form for faults offers what an operation can suffer, with its probability', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser);
    await open(page, service);
    await openLever(page, 'Faults');
    const form = page.locator('#faults-form');
    const [on, effect] = [form.locator('[name=on]'), form.getByLabel('Effect')];
    const offered = () => effect.locator('option:enabled').allTextContents();
    const add = () => form.getByRole('button', { name: 'Add' }).click();

    expect(await offered()).toEqual(['error status', 'provider’s error', 'dropped', 'only late']);
    await form.getByLabel('Probability').fill('0.5');
    await add();
    await page.getByText('verify: 503, once, with probability 0.5').waitFor(SOON);
    await form.getByLabel('Probability').fill('');
    await on.selectOption('request');
    await effect.selectOption('provider’s error');
    expect(await form.locator('[name=status]').isVisible()).toBe(false);
    await form.getByLabel('Its error').fill('60203');
    await add();
    await page.getByText('request: twilio’s 60203, once').waitFor(SOON);
    await on.selectOption('delivery');
    expect(await offered()).toEqual(['refused', 'dropped', 'sent twice', 'only late']);
    expect(await effect.inputValue()).toBe('fail');
    expect(await form.locator('[name=status]').isVisible()).toBe(false);
    await add();
    await page.getByText('delivery: refused, once').waitFor(SOON);
    await effect.selectOption('sent twice');
    await add();
    await page.getByText('delivery: sent twice, once').waitFor(SOON);
    // A delay alone needs to be some.
    await effect.selectOption('only late');
    await add();
    await form.getByLabel('Delay').fill('20');
    await add();
    await page.getByText('delivery: sent after 20 ms, once').waitFor(SOON);
    expect(await faultsOf(service)).toEqual([
      { on: 'verify', times: 1, probability: 0.5, status: 503 },
      { on: 'request', provider: 'twilio', times: 1, error: 60203 },
      { on: 'delivery', times: 1, fail: true },
      { on: 'delivery', times: 1, duplicate: true },
      { on: 'delivery', times: 1, delayMs: 20 },
    ]);
    expect(complaints).toEqual([]);
  }),
);
