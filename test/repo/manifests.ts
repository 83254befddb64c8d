import type {
  IPrometheusRule,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import type { IConfigMap, IContainer, INamespace, ISecret, IService } from 'kubernetes-models/v1';

/** The project's kinds of manifests, each with its Kubernetes type. */
export interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Namespace: INamespace;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  PriorityClass: IPriorityClass;
  PrometheusRule: IPrometheusRule;
  Secret: ISecret;
  Service: IService;
  ServiceMonitor: IServiceMonitor;
  StatefulSet: IStatefulSet;
}

/** The namespace that pods are taken to run in. */
export const NAMESPACE = 'login';

/** Manifests that are deployed together, found by kind and name. */
export class Manifests {
  /** @param all parsed but not checked; other tests check them with the compiler and Kubernetes' schemas */
  constructor(readonly all: readonly unknown[]) {}

  /** All of one kind. */
  of<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return this.all.filter((manifest) => isA(kind, manifest));
  }

  /** The kind and the metadata of each. */
  headers(): Header[] {
    return this.all.filter(isHeader);
  }

  /**
   * The manifest of a kind whose name begins with `name`: a generated name ends in a hash.
   *
   * @throws Error unless there is exactly one
   */
  one<K extends keyof Kinds>(kind: K, name: string): Kinds[K] {
    const [found, ...others] = this.of(kind).filter(({ metadata }) => metadata?.name?.startsWith(name));
    if (!found || others.length > 0) throw new Error(`${others.length + 1} of ${kind} ${name}`);
    return found;
  }

  /**
   * The environment that Kubernetes gives a container: variables from ConfigMaps and Secrets, and values in which
   * `$(NAME)` stands for an earlier variable. The pod's namespace is NAMESPACE.
   *
   * @throws Error for a missing ConfigMap, Secret or key, unless it is optional
   */
  environment({ envFrom = [], env = [] }: IContainer): Record<string, string> {
    const whole = envFrom.map(({ configMapRef }) => this.one('ConfigMap', configMapRef?.name ?? '').data);
    const variables: Record<string, string> = Object.assign({}, ...whole);
    const own: Record<string, string> = {};
    for (const { name, value, valueFrom } of env) {
      const { name: secret = '', key = '', optional } = valueFrom?.secretKeyRef ?? {};
      const pod = valueFrom?.fieldRef?.fieldPath === 'metadata.namespace' ? NAMESPACE : undefined;
      const given = value ?? pod ?? this.#secret(secret)?.[key];
      if (given === undefined && optional !== true) throw new Error(`no ${key} in Secret ${secret}`);
      if (given !== undefined) own[name] = given.replace(/\$\((\w+)\)/g, (as, name) => own[name] ?? as);
    }
    return { ...variables, ...own };
  }

  #secret(name: string): Record<string, string> | undefined {
    const secret = this.of('Secret').find(({ metadata }) => metadata?.name === name);
    const entries = Object.entries(secret?.data ?? {});
    return secret && Object.fromEntries(entries.map(([key, value]) => [key, atob(value)]));
  }
}

interface Header {
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

function isHeader(manifest: unknown): manifest is Header {
  return typeof manifest === 'object' && manifest !== null && 'kind' in manifest;
}

function isA<K extends keyof Kinds>(kind: K, manifest: unknown): manifest is Kinds[K] {
  return isHeader(manifest) && manifest.kind === kind;
}

/** The pod template of a Deployment or StatefulSet, which has one container. */
export function podOf({ spec }: IDeployment | IStatefulSet) {
  const { metadata, spec: pod } = spec?.template ?? {};
  const [container, ...others] = pod?.containers ?? [];
  if (!pod || !container || others.length > 0) throw new Error('a pod of one container is expected');
  return { labels: metadata?.labels ?? {}, pod, container };
}

/** The pods of the service. */
export const serviceIn = (manifests: Manifests) => podOf(manifests.one('Deployment', 'otp-deployment'));

/** The pods of Valkey, its store. */
export const valkeyIn = (manifests: Manifests) => podOf(manifests.one('StatefulSet', 'otp-valkey'));
