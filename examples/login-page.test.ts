/** The same login in a real browser, with Playwright. The calls are the same with @playwright/test. */
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

browserTest('a user logs in with the code that arrives', async (browser) => {
  const user = '+15550011';
  const page = await browser.newPage();
  await page.goto(app.url.href);
  await page.getByLabel('Phone').fill(user);
  await page.getByRole('button', { name: 'Continue' }).click();

  const query = new URLSearchParams({ user, purpose: 'login' });
  const message = await fetch(`${service.url}/mock/inbox/wait?${query}`);
  const { code }: { code: string } = await message.json();
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  expect(await page.getByRole('heading').textContent()).toBe(`Welcome, ${user}`);
});

browserTest('a user who takes too long sees that the code has expired', async (browser) => {
  const user = '+15550012';
  // A fixed code: the test need not read the inbox.
  await lever('codes', [{ user, code: '424242' }], 'PUT');
  const page = await browser.newPage();
  await page.goto(app.url.href);
  await page.getByLabel('Phone').fill(user);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Code').fill('424242');

  await lever('clock', { advance: 301 });
  await page.getByRole('button', { name: 'Continue' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('Your code has expired.');
});
