import assert from 'node:assert/strict';
import { test } from 'node:test';

const { APP_URL, OTP_URL } = process.env;

/** Sends a form of the application. Resolves to the page that comes back. */
async function submit(path, fields) {
  const response = await fetch(`${APP_URL}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  return response.text();
}

/** The code that the user gets. */
async function waitForCode(user) {
  const response = await fetch(`${OTP_URL}/mock/inbox/wait?${new URLSearchParams({ user })}`);
  return (await response.json()).code;
}

test('a user logs in with the code that arrives', async () => {
  await submit('/code', { user: '+15550001' });
  const code = await waitForCode('+15550001');
  assert.match(await submit('/login', { user: '+15550001', code }), /Welcome, \+15550001/);
});

test('an expired code gets a message of its own', async () => {
  await submit('/code', { user: '+15550002' });
  const code = await waitForCode('+15550002');
  await fetch(`${OTP_URL}/mock/expire`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: '+15550002' }),
  });
  assert.match(await submit('/login', { user: '+15550002', code }), /Your code has expired/);
});
