import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import {
  type IPrometheusRule,
  type IServiceMonitor,
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { YAML } from 'bun';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import { type INetworkPolicy, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ConfigMap, type IConfigMap, type IService, Service } from 'kubernetes-models/v1';
import { readConfig, Settings } from '../../src/config.ts';
import { unknownFields } from './unknown-fields.ts';

const root = join(import.meta.dir, '../..');
const read = async (file: string): Promise<unknown> => YAML.parse(await Bun.file(join(root, file)).text());

// The tests below have the compiler check the manifests against these types.
const config = (await read('k8s/configmap.yaml')) as IConfigMap;
const deployment = (await read('k8s/deployment.yaml')) as IDeployment;
const service = (await read('k8s/service.yaml')) as IService;
const policy = (await read('k8s/network-policy.yaml')) as INetworkPolicy;
const rule = (await read('k8s/monitoring/prometheus-rule.yaml')) as IPrometheusRule;
const monitor = (await read('k8s/monitoring/service-monitor.yaml')) as IServiceMonitor;
const pod = deployment.spec?.template.spec;
const [container] = pod?.containers ?? [];

describe('the manifests', () => {
  test('have only values that Kubernetes accepts', () => {
    new ConfigMap(config).validate();
    new Deployment(deployment).validate();
    new Service(service).validate();
    new NetworkPolicy(policy).validate();
    new PrometheusRule(rule).validate();
    new ServiceMonitor(monitor).validate();
  });

  test('have only fields that Kubernetes knows', async () => {
    const as = { IConfigMap: [config], IService: [service] };
    const modules = {
      'kubernetes-models/apps/v1': { IDeployment: [deployment] },
      'kubernetes-models/networking.k8s.io/v1': { INetworkPolicy: [policy] },
      'kubernetes-models/v1': as,
      '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1': {
        IPrometheusRule: [rule],
        IServiceMonitor: [monitor],
      },
    };
    expect(await unknownFields(modules)).toBe('');
    const misspelt = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    expect(await unknownFields({ 'kubernetes-models/apps/v1': { IDeployment: [misspelt] } })).toContain(
      'replica',
    );
  }, 180_000);

  test('have a Service and a Deployment that select the Deployment’s pods', () => {
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(service.spec?.selector).toEqual(labels);
  });

  test('map port 80 of the Service to the port on which the service listens', () => {
    const ports = container?.ports?.map(({ name, containerPort }) => [name, String(containerPort)]);
    expect(service.spec).toMatchObject({ type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] });
    expect(ports).toEqual([['http', config.data?.['PORT'] ?? '']]);
    for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe]) {
      expect(probe?.httpGet?.port).toBe('http');
    }
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

  test('have a fixed ConfigMap name, so the README tells how to restart the pods', async () => {
    const readme = await Bun.file(join(root, 'README.md')).text();
    const { name } = deployment.metadata ?? {};
    expect(readme).toContain(
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
    expect(monitor.spec?.selector.matchLabels).toEqual({ ...service.metadata?.labels });
    expect(service.spec?.ports?.map(({ name }) => name)).toContain(endpoint?.port);
    const secret = { name: 'otp-metrics', key: 'OTP_METRICS_KEYS' };
    expect(endpoint?.authorization).toEqual({ type: 'Bearer', credentials: secret });
    expect(container?.env).toContainEqual({
      name: 'OTP_METRICS_KEYS',
      valueFrom: { secretKeyRef: { ...secret, optional: true } },
    });
    expect(endpoint?.path).toBe('/metrics');
    expect(deployment.spec?.template.metadata?.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': config.data?.['PORT'] ?? '',
      'prometheus.io/path': '/metrics',
    });
  });

  test('meet the Pod Security Standard "restricted"', () => {
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
