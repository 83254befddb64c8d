import { expect } from 'bun:test';
import type { Page } from 'playwright-core';
import type { Service } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';
import { open, openLever, request, row, send, withService } from '../support/page-steps.ts';
import { SOON, watchedPage } from '../support/watched-page.ts';

const SCREENS = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1366, height: 657 },
  { width: 1920, height: 1080 },
];
/** From this width on the wheel is beside the codes. */
const WIDE = 1100;
const DAY_MS = 86_400_000;

function moveClock(service: Service, lever: object): Promise<Response> {
  return send(service, 'POST', '/mock/clock', lever);
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return box;
}

/** Sends a text without digits through Twilio's API: a row that has only a name and a state. */
function sendText(service: Service): Promise<Response> {
  const account = `AC${'a'.repeat(32)}`;
  return service.app.handle(
    new Request(`http://localhost/twilio/2010-04-01/Accounts/${account}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${account}:token`)}` },
      body: new URLSearchParams({ To: '+15550001', From: '+15550002', Body: 'Welcome' }),
    }),
  );
}

function shownUsers(page: Page): Promise<string[]> {
  return page.locator('#list .user').allTextContents();
}

browserTest(
  'the codes come first at every width, the newest largest, the states of the others in line, and the forms wait behind a button',
  (browser) =>
    withService(async (service) => {
      for (let i = 1; i <= 58; i++) await request(service, { user: `user-${i}` });
      expect((await sendText(service)).status).toBe(201);
      for (const [user, code] of [
        ['user-59', '1234'],
        ['user-60', '123456'],
      ])
        await request(service, { user, code });
      const { page, complaints } = await watchedPage(browser);
      await open(page, service);
      await row(page, 'user-60').waitFor(SOON);
      for (const screen of SCREENS) {
        await page.setViewportSize(screen);
        const [newest, second, list, wheel] = [
          await boxOf(page, '#list > li:nth-child(1)'),
          await boxOf(page, '#list > li:nth-child(2)'),
          await boxOf(page, '#list'),
          await boxOf(page, '#wheel'),
        ];
        expect(newest.y, `${screen.width}`).toBeLessThan(260);
        expect(second.y + second.height).toBeLessThan(screen.height);
        expect(await page.locator('form:visible').count()).toBe(0);
        const states = await page
          .locator('#list > li + li .state')
          .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().left));
        expect(states.length).toBe(49);
        expect([...new Set(states)], `${screen.width}: the states are out of line`).toHaveLength(1);
        if (screen.width < WIDE) expect(wheel.y).toBeGreaterThan(list.y + list.height);
        else expect(wheel.x).toBeGreaterThanOrEqual(list.x + list.width);
      }
      const sizes = await page
        .locator('#list .digits')
        .evaluateAll((all) => all.map((it) => Number.parseFloat(getComputedStyle(it).fontSize)));
      expect(sizes[0]).toBeGreaterThan(1.4 * (sizes[1] ?? 0));

      await openLever(page, 'Verify a code');
      expect(await page.locator('form:visible').count()).toBe(1);
      await page.getByRole('button', { name: 'Levers', exact: true }).click();
      expect(await page.locator('form:visible').count()).toBe(0);
      expect(complaints).toEqual([]);
    }),
);

browserTest(
  'hundreds of codes are searched, limited to pending ones, and shown fifty more at a time',
  (browser) =>
    withService(async (service) => {
      for (let i = 1; i <= 120; i++)
        await request(service, {
          user: `user-${i}@example.com`,
          purpose: i % 40 === 0 ? 'Reset' : 'login',
          code: `${100_000 + i}`,
        });
      await request(service, { user: 'user-120@example.com', purpose: 'Reset', code: '777777' });
      const { page, complaints } = await watchedPage(browser);
      await open(page, service);
      await page.getByText('newest 50 of 121', { exact: true }).waitFor(SOON);
      expect(await page.title()).toBe('(120) mock-otp-service');

      await page.getByRole('button', { name: 'Show 50 more' }).click();
      await page.getByText('newest 100 of 121', { exact: true }).waitFor(SOON);
      await page.getByRole('button', { name: 'Show 21 more' }).click();
      await page.getByText('121', { exact: true }).waitFor(SOON);
      expect(await page.locator('#list > li').count()).toBe(121);
      expect(await page.locator('#more').isVisible()).toBe(false);

      const search = page.getByRole('searchbox', { name: 'Search' });
      await search.fill('reset');
      await page.getByText('4 of 121 match').waitFor(SOON);
      expect((await shownUsers(page)).at(-1)).toBe('user-40@example.com');
      await search.fill('user-7@');
      await page.getByText('1 of 121 match').waitFor(SOON);
      await search.fill('100033');
      await page.locator('#list', { hasText: 'user-33@example.com' }).waitFor(SOON);
      expect(await shownUsers(page)).toEqual(['user-33@example.com']);
      await search.fill('120 RESET');
      await page.getByText('2 of 121 match').waitFor(SOON);
      await page.getByRole('checkbox', { name: 'Pending only' }).check();
      await page.getByText('1 of 121 match').waitFor(SOON);
      expect(await page.locator('#list .digits').allTextContents()).toEqual(['777777']);
      await search.fill('nothing like this');
      await page.getByText('No code matches.').waitFor(SOON);
      expect(complaints).toEqual([]);
    }),
);

browserTest('Alt and C copy the newest code, except in a field, and C alone does nothing', (browser) =>
  withService(async (service) => {
    await request(service, { user: 'alice', code: '111111' });
    await request(service, { user: 'bob', code: '222222' });
    const { page, complaints } = await watchedPage(browser);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, service);
    await row(page, 'bob').waitFor(SOON);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const hint = (nth: number) =>
      page
        .locator('#list .copy')
        .nth(nth)
        .evaluate((it) => getComputedStyle(it, '::after').content);
    expect(await hint(0)).toStartWith('"Alt C"');
    expect(await hint(1)).toBe('none');

    const digits = await boxOf(page, '#list > li:nth-child(1) .digits');
    await page.evaluate(() => navigator.clipboard.writeText('untouched'));
    for (const keys of ['c', 'Shift+c', 'Control+Alt+c']) await page.keyboard.press(keys);
    expect([await page.locator('#toast').textContent(), await clipboard()]).toEqual(['', 'untouched']);
    await page.keyboard.press('Alt+c');
    await page.getByText('Copied 222222').waitFor(SOON);
    expect(await clipboard()).toBe('222222');
    const copied = row(page, 'bob').getByText('Copied', { exact: true });
    await copied.waitFor(SOON);
    expect(await boxOf(page, '#list > li:nth-child(1) .digits')).toEqual(digits);
    await row(page, 'alice').getByRole('button', { name: 'Copy the code of alice' }).click();
    await page.getByText('Copied 111111').waitFor(SOON);

    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.press('Alt+c');
    expect(await clipboard()).toBe('111111');
    // After a search they copy what is on top.
    await search.pressSequentially('alic');
    await row(page, 'bob').waitFor({ state: 'detached', ...SOON });
    expect(await search.inputValue()).toBe('alic');
    await request(service, { user: 'alice', purpose: 'login', code: '333333' });
    await page.getByText('333333').waitFor(SOON);
    await search.press('Tab');
    await page.keyboard.press('Alt+c');
    await page.getByText('Copied 333333').waitFor(SOON);
    expect(await clipboard()).toBe('333333');
    expect(complaints).toEqual([]);
  }),
);

browserTest('an inbox that is emptied elsewhere empties the list, or one user’s part of it', (browser) =>
  withService(async (service) => {
    for (const user of ['alice', 'bob']) await request(service, { user });
    const { page, complaints } = await watchedPage(browser);
    await open(page, service);
    await row(page, 'alice').waitFor(SOON);
    const empty = (query: string) =>
      service.app.handle(new Request(`http://localhost/mock/inbox${query}`, { method: 'DELETE' }));
    await empty('?user=alice');
    await row(page, 'alice').waitFor({ state: 'detached', ...SOON });
    expect(await shownUsers(page)).toEqual(['bob']);
    await empty('');
    await page.getByText('No codes yet').waitFor(SOON);
    expect(await page.locator('#count').textContent()).toBe('');
    expect(complaints).toEqual([]);
  }),
);

browserTest(
  'a row tells its arrival and exact expiry under the pointer and with the focus, and its ring drains',
  (browser) =>
    withService(async (service) => {
      const tomorrow = new Date(Date.now() + DAY_MS).toISOString().replace(/T.*/, 'T12:00:00.000Z');
      expect((await moveClock(service, { set: tomorrow })).status).toBe(200);
      await moveClock(service, { freeze: true });
      await request(service, { user: 'alice', ttl: 600 });
      await request(service, { user: 'bob', ttl: 40 });
      await moveClock(service, { advance: 10 });
      const { page, complaints } = await watchedPage(browser, { timezoneId: 'UTC' });
      await open(page, service);
      await page.getByText('frozen', { exact: true }).waitFor(SOON);
      const alice = row(page, 'alice');
      await alice.waitFor(SOON);
      const left = (user: string) =>
        row(page, user)
          .locator('.left')
          .evaluate((it) => 1 - Number(it.getAttribute('stroke-dashoffset')));
      await row(page, 'bob').getByText('30', { exact: true }).waitFor(SOON);
      expect(await left('bob')).toBeCloseTo(0.75, 2);
      expect(await left('alice')).toBeCloseTo(590 / 600, 2);

      const when = alice.locator('.when');
      const opacity = () => when.evaluate((it) => getComputedStyle(it).opacity);
      expect(await when.textContent()).toBe('arrived 12:00:00, expires 12:10:00');
      expect(await opacity()).toBe('0');
      await alice.hover();
      expect(await opacity()).toBe('1');
      await page.mouse.move(0, 0);
      expect(await opacity()).toBe('0');
      await alice.getByRole('button', { name: 'Copy' }).focus();
      expect(await opacity()).toBe('1');
      expect(complaints).toEqual([]);
    }),
);
