import { expect } from '@playwright/test';
import { test as base } from 'mock-otp-service/playwright';
import { startLoginApp } from './login-app.js';

// Each worker has a service of its own, and an application that uses it.
const test = base.extend({
  app: [
    async ({ otp }, use) => {
      const app = await startLoginApp({ otpUrl: otp.url });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: ({ app }, use) => use(app.url),
});

async function askForCode(page, user) {
  await page.goto('/');
  await page.getByLabel('Phone').fill(user);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function enterCode(page, code) {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a user logs in with the code that arrives', async ({ page, otp }) => {
  await askForCode(page, '+15550001');
  const { code } = await otp.waitForCode({ user: '+15550001' });
  await enterCode(page, code);
  await expect(page.getByRole('status')).toHaveText('Welcome, +15550001');
});

test('a user who takes too long sees that the code has expired', async ({ page, otp }) => {
  // A fixed code: the test need not read it.
  await otp.codes.set([{ user: '+15550001', code: '424242' }]);
  await askForCode(page, '+15550001');
  await expect(page.getByLabel('Code')).toBeVisible();
  await otp.clock.advance(60);
  await enterCode(page, '424242');
  await expect(page.getByRole('status')).toHaveText('Your code has expired');
});

test('a provider that fails once does not break the login', async ({ page, otp }) => {
  await otp.faults.set([{ on: 'request', times: 1, status: 503 }]);
  await askForCode(page, '+15550001');
  await expect(page.getByRole('status')).toContainText('We cannot send a code right now');
  await askForCode(page, '+15550001');
  await expect(page.getByLabel('Code')).toBeVisible();
});
