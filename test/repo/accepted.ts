import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { PriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import { ConfigMap, Namespace, Secret, Service } from 'kubernetes-models/v1';
import type { Manifests } from './manifests.ts';
import { unknownFields } from './unknown-fields.ts';

/** @throws Error if a manifest has a value that Kubernetes refuses, or is of a kind that the tests do not know */
export function validate(all: Manifests): void {
  const models = [
    ...all.of('ConfigMap').map((one) => new ConfigMap(one)),
    ...all.of('Deployment').map((one) => new Deployment(one)),
    ...all.of('HorizontalPodAutoscaler').map((one) => new HorizontalPodAutoscaler(one)),
    ...all.of('Ingress').map((one) => new Ingress(one)),
    ...all.of('Namespace').map((one) => new Namespace(one)),
    ...all.of('NetworkPolicy').map((one) => new NetworkPolicy(one)),
    ...all.of('PodDisruptionBudget').map((one) => new PodDisruptionBudget(one)),
    ...all.of('PriorityClass').map((one) => new PriorityClass(one)),
    ...all.of('PrometheusRule').map((one) => new PrometheusRule(one)),
    ...all.of('Secret').map((one) => new Secret(one)),
    ...all.of('Service').map((one) => new Service(one)),
    ...all.of('ServiceMonitor').map((one) => new ServiceMonitor(one)),
    ...all.of('StatefulSet').map((one) => new StatefulSet(one)),
  ];
  for (const model of models) model.validate();
  if (models.length < all.all.length) throw new Error('a manifest is of an unknown kind');
}

/** The compiler's errors about fields that Kubernetes does not know; "" if there are none. */
export function fieldErrors(all: Manifests): Promise<string> {
  return unknownFields({
    'kubernetes-models/apps/v1': { IDeployment: all.of('Deployment'), IStatefulSet: all.of('StatefulSet') },
    'kubernetes-models/autoscaling/v2': { IHorizontalPodAutoscaler: all.of('HorizontalPodAutoscaler') },
    'kubernetes-models/networking.k8s.io/v1': {
      IIngress: all.of('Ingress'),
      INetworkPolicy: all.of('NetworkPolicy'),
    },
    'kubernetes-models/policy/v1': { IPodDisruptionBudget: all.of('PodDisruptionBudget') },
    'kubernetes-models/scheduling.k8s.io/v1': { IPriorityClass: all.of('PriorityClass') },
    'kubernetes-models/v1': {
      IConfigMap: all.of('ConfigMap'),
      INamespace: all.of('Namespace'),
      ISecret: all.of('Secret'),
      IService: all.of('Service'),
    },
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1': {
      IPrometheusRule: all.of('PrometheusRule'),
      IServiceMonitor: all.of('ServiceMonitor'),
    },
  });
}
