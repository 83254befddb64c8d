import { expect } from 'bun:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Service } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import {
  connected,
  open,
  openLever,
  request,
  requestInForm,
  row,
  started,
  withService,
} from '../support/page-steps.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

const KEY = 'a-key-for-the-page-of-32-characters';
/** A code must be on the page within a second of its request. */
const WITHIN_A_SECOND = { timeout: 1_000 };

const PEOPLE = [
  ['noah@example.com', 'login', 300],
  ['+44 7700 900123', 'signup', 34],
  ['yuki@example.com', 'reset', 1_800],
  ['priya@example.com', 'transfer', 58],
  ['+1 555 0100', 'login', 141],
  ['a.user.with.quite.a.long.name@a-department.of.a.company.example.com', 'two-step-login', 47],
  ['alice@example.com', 'login', 21],
] as const;

const SCREENS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  calm: { colorScheme: 'dark', reducedMotion: 'reduce' },
};

function portOf(service: Service): number {
  return Number(new URL(service.url).port);
}

/** The wheel as a screen reader reads it. */
function dial(page: Page): Promise<string | null> {
  return page.locator('#dial').getAttribute('aria-label');
}

browserTest('a code appears at once and is verified, and another expires when the clock moves', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser, {}, /status of 401/);
    await open(page, service);

    await requestInForm(page, 'alice@example.com');
    const alice = row(page, 'alice@example.com');
    await alice.waitFor(WITHIN_A_SECOND);
    expect(await alice.getAttribute('data-state')).toBe('pending');
    expect(await alice.locator('.digits').textContent()).toMatch(/^\d{6}$/);
    await page
      .locator('#request-answer')
      .getByText('200 OTP generated successfully', { exact: true })
      .waitFor(SOON);

    await openLever(page, 'Verify a code');
    const form = page.locator('#verify-form');
    await form.getByLabel('User').fill('alice@example.com');
    await form.getByLabel('Code').fill('0000000');
    await form.getByRole('button', { name: 'Verify' }).click();
    await form.getByText('401 invalid_code').waitFor(SOON);
    expect(await form.locator('output').textContent()).toEndWith('Attempts left: 4.');
    expect(await alice.getAttribute('data-state')).toBe('pending');

    await alice.getByRole('button', { name: 'Verify' }).click();
    await page.locator('#list > li[data-state=verified]').waitFor(SOON);
    await page.locator('#toast').getByText('OTP verified successfully', { exact: true }).waitFor(SOON);

    await requestInForm(page, 'bob@example.com', 45);
    await row(page, 'bob@example.com').waitFor(SOON);
    expect(await dial(page)).toMatch(/ 1 code waits\. The next expires in [1-4]\d s\.$/);
    await openLever(page, 'Move the clock');
    await page.getByRole('button', { name: '+1 min' }).click();
    await page.locator('#list > li[data-state=expired]').waitFor(SOON);
    expect(await row(page, 'bob@example.com').getAttribute('data-state')).toBe('expired');
    await page.getByText('1 min ahead of real time').waitFor(SOON);
    await page.locator('#dial[aria-label$=" 0 codes wait."]').waitFor(SOON);

    await requestInForm(page, 'carol@example.com');
    await row(page, 'carol@example.com').getByRole('button', { name: 'Expire' }).click();
    await page.locator('#list > li[data-state=expired]').nth(1).waitFor(SOON);
    expect(complaints).toEqual([]);
  }),
);

browserTest('a user is shown as text, never as HTML, also one that is searched for', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser);
    const names = [
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(2)</script>',
      '"><b>&amp;',
      '__proto__',
    ];
    await request(service, { user: '<svg onload=alert(3)>', purpose: '<i>purpose</i>' });
    await open(page, service);
    for (const name of names) {
      await requestInForm(page, name);
      await row(page, name).waitFor(SOON);
    }
    await row(page, '<svg onload=alert(3)>').getByText('<i>purpose</i>').waitFor(SOON);
    expect(await page.locator('#list :is(img, script, b, i)').count()).toBe(0);

    await openLever(page, 'Faults');
    await page.locator('#faults-form').getByLabel('User').fill('<img src=x onerror=alert(4)>');
    await page.locator('#faults-form').getByRole('button', { name: 'Add' }).click();
    await page.locator('#faults').getByText('verify, <img src=x onerror=alert(4)>: 503, once').waitFor(SOON);

    await page.getByRole('searchbox', { name: 'Search' }).fill('SCRIPT');
    await page.getByText('1 of 5 match').waitFor(SOON);
    expect(await page.locator('#list .user').allTextContents()).toEqual([
      '</script><script>alert(2)</script>',
    ]);
    expect(complaints).toEqual([]);
  }),
);

browserTest(
  'the page freezes the clock, sets faults and fixed codes, empties the inbox, and resets',
  (browser) =>
    withService(async (service) => {
      const { page, complaints } = await watchedPage(browser, {}, /status of 503/);
      await open(page, service);

      await openLever(page, 'Move the clock');
      await page.getByRole('button', { name: 'Freeze' }).click();
      await page.getByText('frozen', { exact: true }).waitFor(SOON);
      await page.getByRole('button', { name: 'Unfreeze' }).click();
      await page.getByText('frozen', { exact: true }).waitFor({ state: 'hidden', ...SOON });

      await openLever(page, 'Faults');
      const faults = page.locator('#faults-form');
      await faults.getByRole('combobox', { name: 'On' }).selectOption('request');
      await faults.getByRole('button', { name: 'Add' }).click();
      await page.locator('#faults').getByText('request: 503, once').waitFor(SOON);
      await requestInForm(page, 'alice@example.com');
      await page.locator('#request-answer').getByText('503 injected_fault').waitFor(SOON);
      await openLever(page, 'Faults');
      await faults.getByRole('combobox', { name: 'On' }).selectOption('cancel');
      await faults.getByLabel('Delay').fill('20');
      await faults.getByRole('combobox', { name: 'Effect' }).selectOption('dropped');
      await faults.getByRole('button', { name: 'Add' }).click();
      await page.locator('#faults').getByText('cancel: connection dropped after 20 ms, once').waitFor(SOON);

      await openLever(page, 'Fixed codes');
      const fixed = page.locator('#fixed-form');
      await fixed.getByLabel('User').fill('test-*');
      await fixed.getByLabel('Code').fill('123456');
      await fixed.getByRole('button', { name: 'Add' }).click();
      await page.locator('#fixed').getByText('test-*: 123456').waitFor(SOON);
      await requestInForm(page, 'test-1');
      await row(page, 'test-1').getByText('123456').waitFor(SOON);

      await openLever(page, 'Start clean');
      await page.getByRole('button', { name: 'Empty the inbox' }).click();
      await page.getByText('No codes yet').waitFor(SOON);
      await requestInForm(page, 'test-2');
      await row(page, 'test-2').waitFor(SOON);
      await openLever(page, 'Start clean');
      await page.getByRole('button', { name: 'Reset everything' }).click();
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      await page.getByText('No codes yet').waitFor(SOON);
      await page.locator('#fixed > li').waitFor({ state: 'detached', ...SOON });
      expect(complaints).toEqual([]);
    }),
);

browserTest('the page asks for the API key, says when it is wrong, and keeps it for the session', (browser) =>
  withService(
    async (service) => {
      const { page, complaints } = await watchedPage(browser, {}, /status of 401/);
      await page.goto(service.url);
      const dialog = page.getByRole('dialog', { name: 'API key' });
      await dialog.waitFor(SOON);
      await dialog.getByLabel('Key').fill('b'.repeat(32));
      await page.keyboard.press('Enter');
      await dialog.getByText('This key is not valid.').waitFor(SOON);
      await dialog.getByLabel('Key').fill(KEY);
      await page.keyboard.press('Enter');
      await connected(page);
      await requestInForm(page, 'alice@example.com');
      await row(page, 'alice@example.com').waitFor(SOON);

      await page.reload();
      await connected(page);
      await row(page, 'alice@example.com').waitFor(SOON);
      expect(await dialog.isVisible()).toBe(false);
      expect(complaints).toEqual([]);
    },
    { OTP_API_KEYS: KEY },
  ),
);

browserTest('the page reconnects by itself to a restarted service and shows its codes', async (browser) => {
  const first = await started();
  // Another process could take the first service's port before the second one listens.
  using proxy = await TcpProxy.start(portOf(first));
  const { page, complaints } = await watchedPage(browser, {}, /Failed to load resource|ERR_/);
  await page.goto(`http://127.0.0.1:${proxy.port}`);
  await connected(page);
  await request(first, { user: 'alice@example.com' });
  await row(page, 'alice@example.com').waitFor(SOON);
  await first.stop();
  await page.locator('#connection[data-state=reconnecting]').waitFor(SOON);

  await withService(async (second) => {
    await request(second, { user: 'bob@example.com' });
    proxy.target = portOf(second);
    await connected(page);
    await row(page, 'bob@example.com').waitFor(SOON);
    await row(page, 'alice@example.com').waitFor({ state: 'detached', ...SOON });
    await request(second, { user: 'carol@example.com' });
    await row(page, 'carol@example.com').waitFor(SOON);
  });
  expect(complaints).toEqual([]);
});

browserTest('the keyboard reaches every control, and each has a name and shows its focus', (browser) =>
  withService(async (service) => {
    const { page, complaints } = await watchedPage(browser);
    await request(service, { user: 'alice@example.com' });
    await open(page, service);
    await row(page, 'alice@example.com').waitFor(SOON);

    const controls = page.locator('a:visible, button:visible, input:visible, summary:visible');
    const reached = new Set<number>();
    const names: string[] = [];
    while (reached.size === names.length && reached.size < (await controls.count())) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus-visible');
      expect(await focused.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe('solid');
      reached.add(await focused.evaluate((it) => [...document.querySelectorAll('*')].indexOf(it)));
      const name = /^- (?:\w+ "([^"]+)"|text: (.+))/.exec(await focused.ariaSnapshot());
      names.push(name?.[1] ?? name?.[2] ?? 'none');
      // The panel of levers opens, with its first form.
      if (names.at(-1) === 'Levers') await page.keyboard.press('Enter');
    }
    expect(reached.size).toBe(await controls.count());
    expect(names).not.toContain('none');
    expect(names).toContain('Request');
    expect(names[0]).toBe('Skip to the codes');
    expect(complaints).toEqual([]);
  }),
);

browserTest('the page fits a phone, follows the system’s colours, and respects reduced motion', (browser) =>
  withService(async (service) => {
    for (const [user, purpose, ttl] of PEOPLE) await request(service, { user, purpose, ttl });
    const colours: string[] = [];
    for (const [name, options] of Object.entries(SCREENS)) {
      const { page, complaints } = await watchedPage(browser, options);
      await open(page, service);
      await row(page, 'alice@example.com').waitFor(SOON);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), name).toBe(0);
      colours.push(await page.locator('body').evaluate((it) => getComputedStyle(it).backgroundColor));
      await page.screenshot({ path: `test/screenshots/page-${name}.png`, fullPage: true });
      expect(complaints).toEqual([]);
      if (options.reducedMotion) expect(await page.evaluate('document.getAnimations().length')).toBe(0);
      await page.close();
    }
    expect(new Set(colours).size).toBe(2);
  }),
);
