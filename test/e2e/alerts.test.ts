import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { YAML } from 'bun';
import { alertRules, prometheusTest, promtool } from '../support/prometheus.ts';

const rules = await alertRules();
const alerts = rules.groups.flatMap((group) => group.rules);
const cases = await Bun.file(join(import.meta.dir, 'alerts.test.yaml')).text();

/** Runs the unit tests of the rules. @param changed changes the rules first */
async function unitTests(folder: string, changed: (rules: string) => string = (rules) => rules) {
  await Bun.write(join(folder, 'rules.yaml'), changed(JSON.stringify(rules)));
  await Bun.write(join(folder, 'alerts.test.yaml'), cases);
  return promtool(folder, 'test rules alerts.test.yaml');
}

describe('the alert rules', () => {
  prometheusTest('pass promtool without a warning', async (folder) => {
    await Bun.write(join(folder, 'rules.yaml'), JSON.stringify(rules));
    expect(await promtool(folder, 'check rules --lint=all --lint-fatal rules.yaml')).toMatchObject({
      exitCode: 0,
    });
  });

  prometheusTest('fire when they should, and only then', async (folder) => {
    const { exitCode, said } = await unitTests(folder);
    expect(exitCode, said).toBe(0);
  });

  prometheusTest('have unit tests that can fail', async (folder) => {
    const deaf = await unitTests(folder, (rules) => rules.replace('[2m])) > 1', '[2m])) > 100'));
    expect(deaf.exitCode).toBe(1);
    const jumpy = await unitTests(folder, (rules) => rules.replace('[2m])) > 1', '[2m])) > 0.5'));
    expect(jumpy.exitCode).toBe(1);
  });

  test.each(alerts)('test $alert both firing and not firing', ({ alert }) => {
    const parsed: unknown = YAML.parse(cases);
    const checks = JSON.stringify(parsed).split('"alertname":"').slice(1);
    const own = checks.filter((check) => check.startsWith(`${alert}"`));
    expect(own.filter((check) => check.includes('"exp_alerts"')).length).toBeGreaterThan(0);
    expect(own.filter((check) => !check.includes('"exp_alerts"')).length).toBeGreaterThan(0);
  });

  test.each(alerts)(
    'describe $alert, and link to its section in the runbook',
    async ({ alert, annotations }) => {
      expect(Object.keys(annotations).toSorted()).toEqual(['description', 'runbook_url', 'summary']);
      const [page = '', anchor] = annotations['runbook_url']?.split('#') ?? [];
      const text = await Bun.file(join(import.meta.dir, '../..', page)).text();
      expect(anchor).toBe(alert.toLowerCase());
      const [, section = ''] = text.split(new RegExp(`^### ${alert}$`, 'm'));
      expect(section.split(/^#/m)[0]?.trim().length).toBeGreaterThan(200);
    },
  );
});
