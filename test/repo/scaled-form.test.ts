import { describe, expect } from 'bun:test';
import { join } from 'node:path';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { readConfig } from '../../src/config.ts';
import { kubectlTest, rendered, SECRETS } from './kubectl.ts';
import { serviceIn, valkeyIn } from './manifests.ts';
import { unknownFields } from './unknown-fields.ts';

describe('the scaled form', () => {
  kubectlTest('has only fields and values that Kubernetes accepts', async (folder) => {
    const all = await rendered(folder);
    for (const one of all.of('ConfigMap')) new ConfigMap(one).validate();
    for (const one of all.of('Deployment')) new Deployment(one).validate();
    for (const one of all.of('HorizontalPodAutoscaler')) new HorizontalPodAutoscaler(one).validate();
    for (const one of all.of('NetworkPolicy')) new NetworkPolicy(one).validate();
    for (const one of all.of('PodDisruptionBudget')) new PodDisruptionBudget(one).validate();
    for (const one of all.of('Secret')) new Secret(one).validate();
    for (const one of all.of('Service')) new Service(one).validate();
    for (const one of all.of('StatefulSet')) new StatefulSet(one).validate();
    const modules = {
      'kubernetes-models/apps/v1': {
        IDeployment: all.of('Deployment'),
        IStatefulSet: all.of('StatefulSet'),
      },
      'kubernetes-models/autoscaling/v2': { IHorizontalPodAutoscaler: all.of('HorizontalPodAutoscaler') },
      'kubernetes-models/networking.k8s.io/v1': { INetworkPolicy: all.of('NetworkPolicy') },
      'kubernetes-models/policy/v1': { IPodDisruptionBudget: all.of('PodDisruptionBudget') },
      'kubernetes-models/v1': {
        IConfigMap: all.of('ConfigMap'),
        ISecret: all.of('Secret'),
        IService: all.of('Service'),
      },
    };
    expect(await unknownFields(modules)).toBe('');
    const checked = Object.values(modules).flatMap((kinds) => Object.values(kinds).flat());
    expect(checked).toHaveLength(all.all.length);
  });

  kubectlTest('has selectors that find their pods, and named ports', async (folder) => {
    const all = await rendered(folder);
    const [service, valkey] = [serviceIn(all), valkeyIn(all)];
    expect(service.labels).not.toEqual(valkey.labels);
    for (const [name, { labels, container }] of [
      ['otp-service', service],
      ['otp-valkey', valkey],
    ] as const) {
      const { spec } = all.one('Service', name);
      expect(spec?.selector).toEqual(labels);
      expect(container.ports?.map((port) => port.name)).toEqual([String(spec?.ports?.[0]?.targetPort)]);
    }
    const statefulSet = all.one('StatefulSet', 'otp-valkey').spec;
    expect(statefulSet?.selector.matchLabels).toEqual(valkey.labels);
    expect(statefulSet?.serviceName).toBe('otp-valkey');
    for (const { labelSelector } of service.pod.topologySpreadConstraints ?? [])
      expect(labelSelector?.matchLabels).toEqual(service.labels);
  });

  kubectlTest('runs at least three replicas, and keeps all but one up during disruptions', async (folder) => {
    const all = await rendered(folder);
    const autoscaler = all.one('HorizontalPodAutoscaler', 'otp-service').spec;
    expect(autoscaler).toMatchObject({
      minReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'otp-deployment' },
    });
    // A number here would undo the autoscaler at each apply, and end replicas that are needed.
    expect(all.one('Deployment', 'otp-deployment').spec).not.toHaveProperty('replicas');
    const budget = all.one('PodDisruptionBudget', 'otp-service').spec;
    expect(budget).toEqual({ maxUnavailable: 1, selector: { matchLabels: serviceIn(all).labels } });
    const spread = serviceIn(all).pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey);
    expect(spread).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
  });

  kubectlTest('lets the service and no other pod reach Valkey', async (folder) => {
    const all = await rendered(folder);
    expect(all.one('NetworkPolicy', 'otp-valkey').spec).toEqual({
      podSelector: { matchLabels: valkeyIn(all).labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: serviceIn(all).labels } }],
          ports: [{ port: 'valkey' }],
        },
      ],
      egress: [],
    });
  });

  kubectlTest(
    'lets callers reach the service’s one port, and lets it reach DNS and Valkey alone',
    async (folder) => {
      const all = await rendered(folder);
      const podSelector = { matchLabels: serviceIn(all).labels };
      const policies = all
        .of('NetworkPolicy')
        .filter(({ spec }) => Bun.deepEquals(spec?.podSelector, podSelector));
      expect(policies.flatMap(({ spec }) => spec?.ingress ?? [])).toEqual([{ ports: [{ port: 'http' }] }]);
      expect(policies.every(({ spec }) => spec?.policyTypes?.includes('Egress'))).toBe(true);
      const dns = {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      };
      const egress = policies.flatMap(({ spec }) => spec?.egress ?? []);
      expect(egress).toHaveLength(2);
      expect(egress).toContainEqual({
        to: [dns],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      });
      const port = valkeyIn(all).container.ports?.[0]?.containerPort;
      expect(port).toBe(6379);
      expect(egress).toContainEqual({
        to: [{ podSelector: { matchLabels: valkeyIn(all).labels } }],
        ports: [{ port: 6379 }],
      });
    },
  );

  kubectlTest('has only settings that the service knows and accepts', async (folder) => {
    const all = await rendered(folder);
    const { OTP_PEPPER, VALKEY_PASSWORD, OTP_API_KEYS } = SECRETS;
    const { config, warnings } = readConfig(all.environment(serviceIn(all).container));
    expect(warnings).toEqual([]);
    const store = `redis://otp:${VALKEY_PASSWORD}@otp-valkey:6379`;
    expect(config).toMatchObject({ OTP_STORE: store, OTP_PEPPER, OTP_API_KEYS: [OTP_API_KEYS] });
    expect(all.one('Service', 'otp-valkey').spec?.ports).toMatchObject([{ port: 6379 }]);

    await Bun.write(join(folder, 'k8s-scaled/secrets.env'), `OTP_PEPPER=${OTP_PEPPER}`);
    const open = await rendered(folder);
    expect(readConfig(open.environment(serviceIn(open).container)).config.OTP_API_KEYS).toEqual([]);
  });

  kubectlTest('gives a pod time to drain and to finish its requests', async (folder) => {
    const all = await rendered(folder);
    const drain = Number(all.environment(serviceIn(all).container)['SHUTDOWN_DRAIN']);
    expect(drain).toBeGreaterThanOrEqual(3);
    expect(serviceIn(all).pod.terminationGracePeriodSeconds).toBeGreaterThan(drain + 10);
    expect(all.one('Deployment', 'otp-deployment').spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
  });

  kubectlTest(
    'stores Valkey’s data on a volume, and restricts its pod as much as the service’s',
    async (folder) => {
      const all = await rendered(folder);
      const { pod, container } = valkeyIn(all);
      const mounts: unknown[] | undefined = container.volumeMounts?.map(({ name }) => name).sort();
      const claims = all.one('StatefulSet', 'otp-valkey').spec?.volumeClaimTemplates ?? [];
      const volumes: unknown[] = [
        ...claims.map(({ metadata }) => metadata?.name),
        ...(pod.volumes ?? []).map((it) => it.name),
      ];
      expect(mounts).toEqual(volumes.sort());
      expect(container.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod.securityContext?.runAsUser).toBeGreaterThan(0);
      expect(container.securityContext).toEqual(serviceIn(all).container.securityContext);
      expect(container.resources?.limits).toHaveProperty('memory');
    },
  );
});
