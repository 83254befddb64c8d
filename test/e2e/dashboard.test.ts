import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { dashboard } from '../../grafana/dashboard.ts';
import { GLANCE, ROWS } from '../../grafana/panels.ts';
import { processRegistry } from '../../src/metrics/process-metrics.ts';
import { createService } from '../../src/service.ts';

const root = join(import.meta.dir, '../..');
const panels = [...GLANCE, ...Object.values(ROWS).flat()];

describe('the dashboard', () => {
  test('equals what `bun run dashboard` writes', async () => {
    const written: unknown = await Bun.file(join(root, 'grafana/dashboard.json')).json();
    expect(written, 'run `bun run dashboard` and commit the result').toEqual(
      JSON.parse(JSON.stringify(dashboard())),
    );
  });

  test('queries the Prometheus that the viewer picks', () => {
    const made = JSON.stringify(dashboard());
    expect(dashboard().templating?.list).toMatchObject([
      { type: 'datasource', name: 'datasource', query: 'prometheus' },
      { type: 'query', name: 'namespace', query: 'label_values(otp_build_info, namespace)', allValue: '.*' },
    ]);
    const sources = [...made.matchAll(/"datasource":(\{[^}]*\})/g)].map(([, source]) => source);
    expect(sources.length).toBeGreaterThan(2 * panels.length);
    expect([...new Set(sources)]).toEqual(['{"type":"prometheus","uid":"$datasource"}']);
  });

  test('shows only the namespaces that the viewer picks', () => {
    for (const [expr] of panels.flatMap(({ queries }) => queries)) {
      const metrics = expr.match(/\b(otp|http|process|nodejs)_\w+/g) ?? [];
      expect(metrics.length).toBeGreaterThan(0);
      expect(expr.match(/\w\{namespace=~"\$namespace"/g), expr).toHaveLength(metrics.length);
    }
  });

  test('has unique panel titles, and every panel that the runbook names', async () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    const runbook = await Bun.file(join(root, 'docs/operations.md')).text();
    const named = [...(runbook.split('## Alerts')[1] ?? '').matchAll(/\*([^*]+)\*/g)];
    expect(named.length).toBeGreaterThan(5);
    for (const [, title = ''] of named) expect(titles).toContain(title.replaceAll(/\s+/g, ' '));
  });

  test('shows every metric of the service', async () => {
    const { app } = createService({}, { registry: processRegistry() });
    const text = await (await app.handle(new Request('http://localhost/metrics'))).text();
    const names = [...text.matchAll(/^# TYPE ((?:otp|http)_\w+) /gm)].map(([, name = '']) => name);
    const shown = panels.flatMap(({ queries }) => queries.map(([expr]) => expr)).join('\n');
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !shown.includes(name))).toEqual([]);
  });
});
