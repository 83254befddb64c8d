import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { YAML } from 'bun';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IConfigMap, IService } from 'kubernetes-models/v1';
import { readConfig, Settings } from '../../src/config.ts';
import { unknownFields } from './unknown-fields.ts';

const root = join(import.meta.dir, '../..');
const read = async (file: string): Promise<unknown> => YAML.parse(await Bun.file(join(root, file)).text());

// scaled-form.test.ts has the compiler check the manifests against these types.
const config = (await read('k8s/configmap.yaml')) as IConfigMap;
const deployment = (await read('k8s/deployment.yaml')) as IDeployment;
const service = (await read('k8s/service.yaml')) as IService;
const monitor = (await read('k8s/monitoring/service-monitor.yaml')) as IServiceMonitor;
const pod = deployment.spec?.template.spec;
const [container] = pod?.containers ?? [];

describe('the manifests', () => {
  test('are compared with types that find a misspelt field', async () => {
    const misspelt = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    expect(await unknownFields({ 'kubernetes-models/apps/v1': { IDeployment: [misspelt] } })).toContain(
      'replica',
    );
  }, 180_000);

  test('have a Service and a Deployment that select the Deployment’s pods', () => {
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    expect(labels).toMatchObject({ ...deployment.spec?.selector.matchLabels });
    expect(service.spec?.selector).toEqual({ ...deployment.spec?.selector.matchLabels });
  });

  test('map port 80 of the Service to the port on which the service listens, whatever the ConfigMap says', () => {
    const port = container?.env?.find(({ name }) => name === 'PORT')?.value;
    const ports = container?.ports?.map(({ name, containerPort }) => [name, String(containerPort)]);
    expect(service.spec).toMatchObject({ type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] });
    expect(ports).toEqual([['http', port ?? '']]);
    expect(config.data).not.toHaveProperty('PORT');
    expect(deployment.spec?.template.metadata?.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': port ?? '',
      'prometheus.io/path': '/metrics',
    });
  });

  test('put a pod into the Service once its store has answered, and out of it only if the pod cannot answer', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    for (const probe of [startupProbe, readinessProbe, livenessProbe])
      expect(probe?.httpGet?.port).toBe('http');
    expect(startupProbe?.httpGet?.path).toBe('/readyz');
    // The store is away for all replicas at once: whoever asks for it here takes all of them out.
    expect(readinessProbe?.httpGet?.path).toBe('/livez');
    expect(livenessProbe?.httpGet?.path).toBe('/livez');
  });

  test('leave a pod that stalls for 2.5 s in the Service, and end one that is frozen without a drain', () => {
    const { periodSeconds = 0, failureThreshold = 0, timeoutSeconds = 1 } = container?.readinessProbe ?? {};
    expect(periodSeconds * (failureThreshold - 1) + timeoutSeconds).toBeGreaterThan(2.5);
    expect(container?.livenessProbe?.terminationGracePeriodSeconds).toBe(1);
  });

  test('have only settings that the service knows and accepts', () => {
    expect(container?.envFrom).toEqual([{ configMapRef: { name: config.metadata?.name ?? '' } }]);
    expect(Object.keys(config.data ?? {}).filter((name) => !(name in Settings.properties))).toEqual([]);
    expect(readConfig(config.data ?? {}).warnings).toEqual([]);
  });

  test('run the image that the README builds, as one pod that is replaced without a gap', async () => {
    const readme = await Bun.file(join(root, 'README.md')).text();
    expect(readme).toContain(`docker build -t ${container?.image} .`);
    expect(container?.imagePullPolicy).toBe('IfNotPresent');
    expect(deployment.spec).toMatchObject({
      replicas: 1,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
    });
  });

  test('have a fixed ConfigMap name, so the docs tell how to restart the pods', async () => {
    const page = await Bun.file(join(root, 'docs/kubernetes.md')).text();
    const { name } = deployment.metadata ?? {};
    expect(page).toContain(
      `kubectl apply -f k8s/configmap.yaml && kubectl rollout restart deployment/${name}`,
    );
  });

  test('give a pod time to drain and to finish its requests', () => {
    const drain = Number(config.data?.['SHUTDOWN_DRAIN']);
    expect(drain).toBeGreaterThanOrEqual(3);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(drain + 10);
  });

  test('pass the memory limit to the garbage collector', () => {
    const limit = String(container?.resources?.limits?.['memory']);
    expect(limit).toMatch(/^\d+Mi$/);
    const bytes = Number.parseInt(limit, 10) * 2 ** 20;
    expect(container?.env).toContainEqual({ name: 'BUN_JSC_forceRAMSize', value: String(bytes) });
  });

  test('make Prometheus scrape the service’s port with the service’s metrics key', () => {
    const [endpoint, ...others] = monitor.spec?.endpoints ?? [];
    expect(others).toEqual([]);
    expect(service.metadata?.labels).toMatchObject({ ...monitor.spec?.selector.matchLabels });
    expect(service.spec?.ports?.map(({ name }) => name)).toContain(endpoint?.port);
    const secret = { name: 'otp-metrics' };
    // One key, where the service may take several.
    expect(endpoint?.authorization).toEqual({ type: 'Bearer', credentials: { ...secret, key: 'token' } });
    expect(container?.env).toContainEqual({
      name: 'OTP_METRICS_KEYS',
      valueFrom: { secretKeyRef: { ...secret, key: 'OTP_METRICS_KEYS', optional: true } },
    });
    expect(endpoint?.path).toBe('/metrics');
  });
});
