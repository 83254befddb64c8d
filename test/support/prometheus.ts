import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, YAML } from 'bun';
import { testNeeding } from './needing.ts';

const root = join(import.meta.dir, '../..');

/**
 * A test with Prometheus and promtool, as Debian packages them, in a folder of its own. Without them it is skipped with
 * a note of what to install; in CI it fails.
 */
export function prometheusTest(
  name: string,
  run: (folder: string) => Promise<void>,
  timeoutMs = 180_000,
): void {
  const isThere = Bun.which('promtool') && Bun.which('prometheus');
  testNeeding(
    isThere ? undefined : 'no Prometheus found: apt-get install prometheus',
    name,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
      try {
        await run(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    timeoutMs,
  );
}

/** The `spec` of the PrometheusRule: the alert rules. */
export async function alertRules(): Promise<RulesFile> {
  const rule: unknown = YAML.parse(await Bun.file(join(root, 'k8s/monitoring/prometheus-rule.yaml')).text());
  if (!isRule(rule)) throw new Error('the PrometheusRule has no groups');
  return rule.spec;
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RulesFile {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
}

function isRule(value: unknown): value is { spec: RulesFile } {
  return typeof value === 'object' && value !== null && 'spec' in value;
}

/** Runs promtool in a folder. */
export async function promtool(
  folder: string,
  command: string,
  input = '',
): Promise<{ exitCode: number; said: string }> {
  const { exitCode, stdout, stderr } = await $`promtool ${command.split(' ')} < ${new Response(input)}`
    .cwd(folder)
    .quiet()
    .nothrow();
  return { exitCode, said: `${stdout}${stderr}` };
}
