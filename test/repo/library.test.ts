import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { treaty } from '@elysiajs/eden';
import { $ } from 'bun';
import { type App, ConfigError, createService } from 'mock-otp-service';

test('a test can embed the service by its package name, and call it with Eden’s typed client', async () => {
  const service = createService({ PORT: '0', HOST: '127.0.0.1', OTP_TTL: '60' });
  const url = await service.listen();
  expect(url).toBe(service.url);
  const api = treaty<App>(url, { parseDate: false });

  const { data: otp } = await api.otp.request.post({ user: 'alice' });
  expect(otp?.expiresIn).toBe(60);

  const wrong = await api.otp.verify.post({ user: 'alice', code: otp?.code === '0000' ? '1111' : '0000' });
  expect(wrong.error?.status).toBe(401);
  if (wrong.error?.status === 401) expect(wrong.error.value.code).toBe('invalid_code');

  const right = await api.otp.verify.post({ user: 'alice', code: otp?.code ?? '' });
  expect(right.data?.message).toBe('OTP verified successfully');
  await service.stop();
});

test('Eden can call the app without a port', async () => {
  const { app } = createService();
  const { data } = await treaty(app, { parseDate: false }).livez.get();
  expect(data).toEqual({ status: 'ok' });
});

test('createService throws a ConfigError for invalid settings', () => {
  expect(() => createService({ PORT: '-1' })).toThrow(ConfigError);
});

test('a program that imports the service compiles with the options in docs/package.md', async () => {
  const options =
    '--skipLibCheck --allowImportingTsExtensions --resolveJsonModule --types bun-types --strict --module esnext --moduleResolution bundler';
  const said = await $`bunx tsc --ignoreConfig --noEmit ${options.split(' ')} ${import.meta.path}`
    .cwd(join(import.meta.dir, '../..'))
    .nothrow()
    .text();
  expect(said).toBe('');
}, 180_000);
