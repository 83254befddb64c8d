import { describe, expect } from 'bun:test';
import { listening } from '../support/process.ts';
import { prometheusTest, promtool } from '../support/prometheus.ts';

describe('the metrics of the process', () => {
  prometheusTest('pass promtool without a warning', async (folder) => {
    using service = await listening();
    const post = (path: string, body: object) =>
      fetch(`${service.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('/otp/request', { user: 'alice' });
    await post('/otp/verify', { user: 'alice', code: '999999' });
    await fetch(`${service.url}/nothing`);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain(
      'http_request_duration_seconds_count{route="unknown",method="GET",status="404"} 1',
    );
    expect(await promtool(folder, 'check metrics', text)).toEqual({ exitCode: 0, said: '' });
    const bad = '# TYPE otp_live_total gauge\notp_live_total 1\n';
    expect((await promtool(folder, 'check metrics', bad)).exitCode).toBe(3);
  });
});
