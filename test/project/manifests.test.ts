import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { $, YAML } from 'bun';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import { ConfigMap, type IConfigMap, type IService, Service } from 'kubernetes-models/v1';
import { readConfig } from '../../src/kernel/config.ts';
import { Settings } from '../../src/kernel/settings.ts';

const root = join(import.meta.dir, '../..');
const read = async (file: string): Promise<unknown> => YAML.parse(await Bun.file(join(root, file)).text());

// The compiler checks these types against the manifests below.
const config = (await read('k8s/configmap.yaml')) as IConfigMap;
const deployment = (await read('k8s/deployment.yaml')) as IDeployment;
const service = (await read('k8s/service.yaml')) as IService;
const pod = deployment.spec?.template.spec;
const [container] = pod?.containers ?? [];

/** What the compiler says of the manifests as TypeScript literals: it finds fields that do not exist. */
async function compile(manifests: Record<'ConfigMap' | 'Deployment' | 'Service', object>): Promise<string> {
  const imports = [
    "import type { IDeployment } from 'kubernetes-models/apps/v1';",
    "import type { IConfigMap, IService } from 'kubernetes-models/v1';",
  ];
  const literals = Object.entries(manifests).map(
    ([kind, manifest]) => `export const a${kind}: I${kind} = ${JSON.stringify(manifest)};`,
  );
  const file = join(root, `node_modules/.cache/manifests-${Bun.randomUUIDv7()}.ts`);
  await Bun.write(file, [...imports, ...literals].join('\n'));
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler';
  const said = await $`bunx tsc ${options.split(' ')} ${file}`.cwd(root).nothrow().text();
  await Bun.file(file).delete();
  return said;
}

describe('the manifests', () => {
  test('have the values that Kubernetes takes: types, enums, quantities', () => {
    new ConfigMap(config).validate();
    new Deployment(deployment).validate();
    new Service(service).validate();
  });

  test('have no field that Kubernetes does not know', async () => {
    expect(await compile({ ConfigMap: config, Deployment: deployment, Service: service })).toBe('');
    const misspelt = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    expect(await compile({ ConfigMap: config, Deployment: misspelt, Service: service })).toContain('replica');
  }, 30_000);

  test('fit together: the Service and the Deployment select the pods that the Deployment makes', () => {
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(service.spec?.selector).toEqual(labels);
  });

  test('fit together: port 80 of the Service is the port on which the service listens', () => {
    const ports = container?.ports?.map(({ name, containerPort }) => [name, String(containerPort)]);
    expect(service.spec).toMatchObject({ type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] });
    expect(ports).toEqual([['http', config.data?.['PORT'] ?? '']]);
    for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe]) {
      expect(probe?.httpGet?.port).toBe('http');
    }
  });

  test('configure the service with settings that it knows, and it starts with them', () => {
    expect(container?.envFrom).toEqual([{ configMapRef: { name: config.metadata?.name ?? '' } }]);
    expect(Object.keys(config.data ?? {}).filter((name) => !(name in Settings.properties))).toEqual([]);
    expect(readConfig(config.data ?? {}).warnings).toEqual([]);
  });

  test('run the image that the README builds, as one pod, replaced without a gap', async () => {
    const readme = await Bun.file(join(root, 'README.md')).text();
    expect(readme).toContain(`docker build -t ${container?.image} .`);
    expect(container?.imagePullPolicy).toBe('IfNotPresent');
    expect(deployment.spec).toMatchObject({
      replicas: 1,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
    });
  });

  test('give a pod the time to drain, and the requests in flight theirs', () => {
    const drain = Number(config.data?.['SHUTDOWN_DRAIN']);
    expect(drain).toBeGreaterThanOrEqual(3);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(drain + 10);
  });

  test('tell the garbage collector of the memory limit', () => {
    const limit = String(container?.resources?.limits?.['memory']);
    expect(limit).toMatch(/^\d+Mi$/);
    const bytes = Number.parseInt(limit, 10) * 2 ** 20;
    expect(container?.env).toEqual([{ name: 'BUN_JSC_forceRAMSize', value: String(bytes) }]);
  });

  test('keep to the Pod Security Standard "restricted"', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1_000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container?.resources?.limits).toHaveProperty('memory');
    expect(container?.resources?.requests).toHaveProperty('cpu');
  });
});
