import type { Page } from 'playwright-core';
import { createService, type Service } from '../../src/service.ts';
import { SOON } from './watched-page.ts';

/** Starts a service on a free port of this machine. @param env settings, by the names of their environment variables */
export async function started(env: Record<string, string> = {}): Promise<Service> {
  const service = createService({ PORT: '0', HOST: '127.0.0.1', ...env });
  await service.listen();
  return service;
}

/** Runs `run` with a service, and stops the service afterwards. */
export async function withService(
  run: (service: Service) => Promise<void>,
  env: Record<string, string> = {},
) {
  const service = await started(env);
  try {
    await run(service);
  } finally {
    await service.stop();
  }
}

/** Sends JSON to a service, without going over the port. */
export function send(service: Service, method: string, path: string, body: object): Promise<Response> {
  return service.app.handle(
    new Request(`http://localhost${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

/** Requests a code. */
export function request(service: Service, body: object): Promise<Response> {
  return send(service, 'POST', '/otp/request', body);
}

/** The row of a user's code in the page's list. */
export function row(page: Page, user: string) {
  return page.locator('#list > li').filter({ has: page.getByText(user, { exact: true }) });
}

/** Opens a service's page; resolves when it is connected. */
export async function open(page: Page, service: Service): Promise<void> {
  await page.goto(service.url);
  await connected(page);
}

/** Resolves when the page is connected. */
export function connected(page: Page): Promise<void> {
  return page.locator('#connection[data-state=connected]').waitFor(SOON);
}

/** Opens the panel of levers, and one of them by its title. */
export async function openLever(page: Page, title: string): Promise<void> {
  const opener = page.getByRole('button', { name: 'Levers', exact: true });
  if ((await opener.getAttribute('aria-expanded')) === 'false') await opener.click();
  const summary = page.locator('#levers summary', { hasText: title });
  if ((await summary.locator('..').getAttribute('open')) === null) await summary.click();
}

/** Fills in and submits the page's form for a code. @param ttl in seconds */
export async function requestInForm(page: Page, user: string, ttl?: number): Promise<void> {
  await openLever(page, 'Request a code');
  const form = page.locator('#request-form');
  await form.getByLabel('User').fill(user);
  await form.getByLabel('Lifetime').fill(ttl === undefined ? '' : String(ttl));
  await form.getByRole('button', { name: 'Request' }).click();
}
