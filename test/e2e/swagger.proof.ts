import { afterAll, beforeAll, expect } from 'bun:test';
import { createService } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';

const service = createService({ PORT: '0', HOST: '127.0.0.1' });
beforeAll(() => service.listen());
afterAll(() => service.stop());

browserTest('Swagger UI lists every operation and calls one, without another host', async (browser) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  const complaints: string[] = [];
  const strayed: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route(
    (url) => url.origin !== service.url,
    (route) => {
      strayed.push(route.request().url());
      return route.abort();
    },
  );

  await page.goto(`${service.url}/swagger`);
  const operations = page.locator('.opblock-summary-path');
  await operations.first().waitFor();
  const document: { paths: object } = await (await fetch(`${service.url}/swagger/json`)).json();
  const listed = (await operations.allTextContents()).map((path) => path.replaceAll('\u200b', ''));
  expect([...new Set(listed)].sort()).toEqual(Object.keys(document.paths).sort());
  expect(listed).toContain('/otp/verify');

  expect(await page.getByRole('button', { name: 'Authorize' }).count()).toBe(0);

  const open = async (id: string) => {
    const operation = page.locator(id);
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.opblock-body').waitFor();
    return operation;
  };
  const execute = async (id: string) => {
    const operation = await open(id);
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table .response');
    await answer.waitFor();
    expect(await answer.locator('.response-col_status').textContent()).toContain('200');
    return answer.textContent();
  };
  expect(await execute('#operations-otp-postOtpRequest')).toContain('OTP generated successfully');
  // The example of the verification fits the one of the request.
  expect(await execute('#operations-otp-postOtpVerify')).toContain('OTP verified successfully');

  // Trying out a stream would never end: the reader gets a link and a command instead.
  const stream = await open('#operations-inbox-getMockEvents');
  expect(await stream.getByRole('button', { name: 'Try it out' }).count()).toBe(0);
  expect(
    await stream.getByRole('link', { name: '/mock/events', exact: true }).last().getAttribute('href'),
  ).toBe('/mock/events');
  expect(await stream.textContent()).toContain('curl -N http://localhost:8080/mock/events');

  await page.screenshot({ path: 'test/screenshots/swagger.png', fullPage: true });
  expect(complaints).toEqual([]);
  expect(strayed).toEqual([]);
});
