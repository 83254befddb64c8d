import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { fieldErrors, validate } from './accepted.ts';
import { addComponent, COMPONENTS, change, kubectlTest, plain, rendered, SECRETS } from './kubectl.ts';
import { type Manifests, NAMESPACE, podOf, serviceIn, valkeyIn } from './manifests.ts';
import { refused } from './restricted.ts';

/** Every form that the manifests can take: the plain one with all its parts, the scaled one with none, one or all. */
function forms(folder: string): Promise<Record<string, Manifests>> {
  known ??= renderForms(folder);
  return known;
}

let known: Promise<Record<string, Manifests>> | undefined;

async function renderForms(folder: string): Promise<Record<string, Manifests>> {
  const all: Record<string, Manifests> = { plain: await plain(folder), scaled: await rendered(folder) };
  const file = join(folder, 'k8s-scaled/kustomization.yaml');
  const without = await Bun.file(file).text();
  for (const name of COMPONENTS) {
    await addComponent(folder, name);
    all[`scaled, ${name}`] = await rendered(folder);
    await Bun.write(file, without);
  }
  for (const name of COMPONENTS) await addComponent(folder, name);
  all['scaled, all'] = await rendered(folder);
  return all;
}

/** The label that selects pods. The others may change: a selector may not. */
const selectorOf = ({ labels }: { labels: Record<string, string> }) => ({ app: labels['app'] ?? '' });

const podsIn = (all: Manifests) => [...all.of('Deployment'), ...all.of('StatefulSet')].map(podOf);

describe('every form', () => {
  kubectlTest('has only fields and values that Kubernetes accepts', async (folder) => {
    const all = await forms(folder);
    expect(Object.keys(all)).toHaveLength(6);
    for (const form of Object.values(all)) validate(form);
    const whole = all['scaled, all'];
    expect(whole && (await fieldErrors(whole))).toBe('');
    expect(whole?.all).toHaveLength(18);
  });

  kubectlTest('has pods that the Pod Security Standard "restricted" accepts', async (folder) => {
    const all = await forms(folder);
    const pods = Object.values(all).flatMap(podsIn);
    expect(pods).toHaveLength(11);
    for (const { pod } of pods) {
      expect(refused(pod)).toEqual([]);
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    }
    for (const { container } of pods) {
      expect(container.securityContext?.readOnlyRootFilesystem).toBe(true);
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
    expect(all['scaled, namespace']?.one('Namespace', '').metadata?.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  kubectlTest('has labels by which common tools group what belongs together', async (folder) => {
    for (const form of Object.values(await forms(folder))) {
      const labelled = [...form.all, ...podsIn(form).map(({ labels }) => ({ metadata: { labels } }))];
      for (const one of labelled)
        expect(one).toMatchObject({
          metadata: { labels: { 'app.kubernetes.io/part-of': 'otp-service' } },
        });
      for (const { labels } of podsIn(form)) expect(labels['app.kubernetes.io/name']).toBeString();
    }
  });
});

test('the check of the Pod Security Standard finds what the standard refuses', () => {
  const volumes = [{ name: 'host', hostPath: { path: '/' } }];
  const ports = [{ containerPort: 80, hostPort: 80 }];
  const open = { name: 'open', ports, securityContext: { privileged: true, runAsUser: 0 } };
  expect(refused({ hostNetwork: true, volumes, containers: [open] })).toEqual([
    'hostNetwork is set',
    'volume host is not allowed',
    'open: it is privileged',
    'open: it may gain privileges',
    'open: it keeps capabilities',
    'open: it may run as root',
    'open: it runs as root',
    'open: it has no seccomp profile',
    'open: it takes a port of the node',
  ]);
});

describe('an optional part', () => {
  kubectlTest('ingress leads its host to the Service, and mock mode answers to that host', async (folder) => {
    const without = await rendered(folder);
    const hosts = (form: Manifests) =>
      readConfig(form.environment(serviceIn(form).container)).config.OTP_ALLOWED_HOSTS;
    expect(hosts(without)).toEqual([`otp-service.${NAMESPACE}`]);
    await change(folder, 'k8s/ingress/ingress.yaml', 'otp.example.com', 'codes.example.org');
    await addComponent(folder, 'ingress');
    const all = await rendered(folder);
    expect(hosts(all)).toEqual([`otp-service.${NAMESPACE}`, 'codes.example.org']);
    const { name = '' } = all.one('Service', 'otp-service').metadata ?? {};
    expect(all.one('Ingress', '').spec?.rules).toMatchObject([
      {
        host: 'codes.example.org',
        http: { paths: [{ path: '/', backend: { service: { name, port: { name: 'http' } } } }] },
      },
    ]);
  });

  kubectlTest('namespace holds everything but what belongs to the cluster', async (folder) => {
    await addComponent(folder, 'namespace');
    for (const { metadata, kind } of (await rendered(folder)).headers())
      expect(metadata?.namespace, kind).toBe(
        ['Namespace', 'PriorityClass'].includes(kind) ? undefined : 'otp',
      );
  });
});

describe('the scaled form', () => {
  kubectlTest('has selectors that find their pods, and named ports', async (folder) => {
    const all = await rendered(folder);
    const [service, valkey] = [serviceIn(all), valkeyIn(all)];
    expect(service.labels).not.toEqual(valkey.labels);
    for (const [name, { labels, container }] of [
      ['otp-service', service],
      ['otp-valkey', valkey],
    ] as const) {
      const { spec } = all.one('Service', name);
      expect(spec?.selector).toEqual(selectorOf({ labels }));
      expect(container.ports?.map((port) => port.name)).toEqual([String(spec?.ports?.[0]?.targetPort)]);
    }
    const statefulSet = all.one('StatefulSet', 'otp-valkey').spec;
    expect(statefulSet?.selector.matchLabels).toEqual(selectorOf(valkey));
    expect(statefulSet?.serviceName).toBe('otp-valkey');
    for (const { labelSelector } of service.pod.topologySpreadConstraints ?? [])
      expect(labelSelector?.matchLabels).toEqual(selectorOf(service));
  });

  kubectlTest('opens no port on the nodes', async (folder) => {
    for (const { spec } of (await rendered(folder)).of('Service')) {
      expect(spec?.type ?? 'ClusterIP').toBe('ClusterIP');
      expect(spec?.ports?.filter(({ nodePort }) => nodePort !== undefined)).toEqual([]);
    }
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
    expect(budget).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(serviceIn(all)) },
    });
    const spread = serviceIn(all).pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey);
    expect(spread).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
  });

  kubectlTest('lets the service and no other pod reach Valkey', async (folder) => {
    const all = await rendered(folder);
    expect(all.one('NetworkPolicy', 'otp-valkey').spec).toEqual({
      podSelector: { matchLabels: selectorOf(valkeyIn(all)) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: selectorOf(serviceIn(all)) } }],
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
      const podSelector = { matchLabels: selectorOf(serviceIn(all)) };
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
        to: [{ podSelector: { matchLabels: selectorOf(valkeyIn(all)) } }],
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
    'stores Valkey’s data on a volume, and never gives up the memory it asked for',
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
      const { requests, limits } = container.resources ?? {};
      expect(requests?.['memory']).toBe(limits?.['memory'] ?? '');
      expect(pod.priorityClassName).toBe(all.one('PriorityClass', '').metadata?.name);
    },
  );
});
