/** The same login in a real browser, by Playwright. With @playwright/test the calls are the same. */
import { afterAll, beforeAll, expect } from 'bun:test';
import { createService } from 'mock-otp-service';
import { browserTest } from '../test/support/browser.ts';
import { startLoginApp } from './login-app.ts';

const service = createService({ HOST: '127.0.0.1', PORT: '0' });
let app: ReturnType<typeof startLoginApp>;
beforeAll(async () => {
  app = startLoginApp(await service.listen());
});
afterAll(() => Promise.all([app.stop(), service.stop()]));

const lever = (path: string, body: object, method = 'POST') =>
  fetch(`${service.url}/mock/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

browserTest('a person logs in with the code that comes', async (browser) => {
  const user = '+15550011';
  const page = await browser.newPage();
  await page.goto(app.url.href);
  await page.getByLabel('Telephone').fill(user);
  await page.getByRole('button', { name: 'Go on' }).click();

  const query = new URLSearchParams({ user, purpose: 'login' });
  const message = await fetch(`${service.url}/mock/inbox/wait?${query}`);
  const { code }: { code: string } = await message.json();
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Go on' }).click();
  expect(await page.getByRole('heading').textContent()).toBe(`Welcome, ${user}`);
});

browserTest('a person who takes too long is told so', async (browser) => {
  const user = '+15550012';
  // A code that is known in advance: nothing has to be read.
  await lever('codes', [{ user, code: '424242' }], 'PUT');
  const page = await browser.newPage();
  await page.goto(app.url.href);
  await page.getByLabel('Telephone').fill(user);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByLabel('Code').fill('424242');

  await lever('clock', { advance: 301 });
  await page.getByRole('button', { name: 'Go on' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('Your code has expired.');
});
