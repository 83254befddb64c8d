import { describe, expect, test } from 'bun:test';
import { Registry } from 'prom-client';
import { readConfig } from '../../src/config.ts';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { Log } from '../../src/log/log.ts';
import { serviceMetrics } from '../../src/metrics/service-metrics.ts';
import { testService } from '../support/api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { UNLIMITED } from '../support/policies.ts';
import { samplesOf } from './samples.ts';

const scrape = async ({ send }: Pick<ReturnType<typeof testService>, 'send'>) =>
  samplesOf((await send('/metrics')).text);

describe('GET /metrics', () => {
  test('answers in the text format of Prometheus', async () => {
    const { status, headers, text } = await testService().send('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE otp_requested_total counter\n');
  });

  test('has the version, the readiness and the number of live codes', async () => {
    const service = testService({ PORT: '0', HOST: '127.0.0.1' });
    await service.post('/otp/request', { user: 'alice' });
    expect(await scrape(service)).toMatchObject({
      otp_ready: 0,
      otp_live: 1,
      otp_log_lines_dropped_total: 0,
    });
    await service.service.listen();
    const samples = await scrape(service);
    expect(samples).toMatchObject({ otp_ready: 1 });
    const [info = ''] = Object.keys(samples).filter((name) => name.startsWith('otp_build_info'));
    expect(info).toMatch(/^otp_build_info\{version="\d+\.\d+\.\d+",mode="mock",bun="[\d.]+"\}$/);
    await service.service.stop();
    expect(await scrape(service)).toMatchObject({ otp_ready: 0 });
  });

  test('measures the store by operation', async () => {
    const service = testService();
    await service.post('/otp/request', { user: 'alice' });
    await service.post('/otp/verify', { user: 'alice', code: '999999' });
    await service.post('/otp/verify', { user: 'alice', code: '999999' });
    expect(await scrape(service)).toMatchObject({
      'otp_store_duration_seconds_count{operation="request"}': 1,
      'otp_store_duration_seconds_count{operation="verify"}': 2,
      'otp_store_duration_seconds_count{operation="cancel"}': 0,
      'otp_store_errors_total{operation="verify"}': 0,
    });
  });

  test('counts dropped log lines, and has no number of live codes while the store is down', async () => {
    const clock = new ManualClock();
    const log = new Log(clock, 'info', (_, dropped) => dropped());
    const store = new MemoryStore(clock, UNLIMITED, 'run');
    const registry = new Registry();
    serviceMetrics(registry, {
      config: readConfig({}, []).config,
      store,
      log,
      ready: () => store.ready(),
    });
    expect(samplesOf(await registry.metrics())).toHaveProperty('otp_live', 0);
    store.live = () => Promise.reject(new Error('the store is down'));
    for (let i = 0; i < 3; i++) log.info('lost');
    log.flush();
    const samples = samplesOf(await registry.metrics());
    expect(samples).not.toHaveProperty('otp_live');
    expect(samples).toHaveProperty('otp_log_lines_dropped_total', 3);
  });
});

describe('the duration of requests', () => {
  /** The number of requests by route, method and status. */
  const counts = async (service: Pick<ReturnType<typeof testService>, 'send'>) =>
    Object.fromEntries(
      Object.entries(await scrape(service)).flatMap(([name, count]) => {
        const [, labels] = /^http_request_duration_seconds_count\{(.*)\}$/.exec(name) ?? [];
        return labels === undefined ? [] : [[labels.replaceAll(/\w+="([^"]*)",?/g, '$1 ').trim(), count]];
      }),
    );

  test('is measured by route, method and status, even for refused requests', async () => {
    const service = testService();
    const { post, send, clock } = service;
    await post('/otp/request', { user: 'alice' });
    await post('/otp/request?user=alice', {});
    await post('/otp/verify', { user: 'nobody', code: '999999' });
    await send('/otp/request', { method: 'PUT' });
    await send('/otp/request', { method: 'OPTIONS', headers: { host: 'evil.example' } });
    await send('/livez', { method: 'HEAD' });
    await send('/readyz');
    await send('/secret/alice');
    await send('/otp/verify', { method: 'PURGE' });
    await clock.settle();
    expect(await counts(service)).toEqual({
      '/otp/request POST 200': 1,
      '/otp/request POST 400': 1,
      '/otp/verify POST 404': 1,
      '/otp/request PUT 405': 1,
      '/otp/request OPTIONS 403': 1,
      '/livez HEAD 200': 1,
      '/readyz GET 503': 1,
      'unknown GET 404': 1,
      '/otp/verify other 405': 1,
    });
  });

  test('is real time, in seconds', async () => {
    const service = testService();
    const body = new ReadableStream({
      pull: async (controller) => {
        service.clock.set(service.clock.now() + 1_500);
        controller.enqueue(new TextEncoder().encode('{"user":"alice"}'));
        controller.close();
      },
    });
    await service.send('/otp/request', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await service.clock.settle();
    const labels = 'route="/otp/request",method="POST",status="200"';
    expect(await scrape(service)).toHaveProperty([`http_request_duration_seconds_sum{${labels}}`], 1.5);
  });

  test('gains no series from 100,000 random paths, methods and users', async () => {
    const service = testService({ LOG_LEVEL: 'error', OTP_MAX_ATTEMPTS: '0' });
    const { post, send, clock } = service;
    let words = 0;
    const word = () => Bun.hash(String(words++)).toString(36);
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    const ask = async (i: number) => {
      const method = i % 3 === 0 ? word().replaceAll(/\d/g, 'X').toUpperCase() : methods[i % methods.length];
      if (i % 2 === 0) return send(`/${word()}/${word()}?${word()}`, { method: method ?? 'GET' });
      return i % 4 === 1
        ? post('/otp/request', { user: word(), purpose: word() })
        : post('/otp/verify', { user: word(), purpose: word(), code: '999999' });
    };
    for (let i = 0; i < 200; i++) await ask(i);
    await clock.settle();
    const before = Object.keys(await scrape(service));
    await clock.settle();
    for (let i = 0; i < 100_000; i++) await ask(i);
    await clock.settle();
    const after = Object.keys(await scrape(service));
    const added = after.filter((name) => !before.includes(name) && !name.includes('route="/metrics"'));
    expect(added).toEqual([]);
    expect(after.length).toBeLessThan(500);
  }, 180_000);

  test('is labelled with the class of a status that the service does not use itself', async () => {
    const service = testService();
    service.service.app.get('/teapot', ({ set }) => {
      set.status = 418;
      return 'short and stout';
    });
    await service.send('/teapot');
    await service.clock.settle();
    expect(await counts(service)).toEqual({ '/teapot GET 4xx': 1 });
  });
});

describe('with OTP_METRICS_KEYS set', () => {
  const [metrics, api] = ['m'.repeat(32), 'a'.repeat(32)];
  const service = testService({ OTP_METRICS_KEYS: metrics, OTP_API_KEYS: api });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  test('/metrics requires one of them, and an API key does not open it', async () => {
    expect((await service.send('/metrics', { headers: bearer(metrics) })).status).toBe(200);
    for (const headers of [{}, bearer(api), bearer(`${metrics}m`)]) {
      const answer = await service.send('/metrics', { headers });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('a metrics key opens nothing else', async () => {
    expect((await service.post('/otp/request', { user: 'alice' }, bearer(metrics))).status).toBe(401);
    expect((await service.post('/otp/request', { user: 'alice' }, bearer(api))).status).toBe(200);
  });

  test('the OpenAPI document declares the scheme', async () => {
    const document = JSON.parse((await service.send('/swagger/json')).text);
    expect(document.components.securitySchemes.metricsKey).toEqual({ type: 'http', scheme: 'bearer' });
    expect(document.paths['/metrics'].get.security).toEqual([{ metricsKey: [] }]);
    const open = JSON.parse((await testService().send('/swagger/json')).text);
    expect(open.paths['/metrics'].get).not.toHaveProperty('security');
  });

  test('a scraper may use any Host and Origin', async () => {
    const headers = { ...bearer(metrics), host: 'otp.example', origin: 'http://prometheus.example' };
    expect((await service.send('/metrics', { headers })).status).toBe(200);
  });
});
