import type { IContainer, IPodSpec } from 'kubernetes-models/v1';

/** Kinds of volumes that the profile allows. */
const VOLUMES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected'],
  'secret',
];

/**
 * What the Pod Security Standard "restricted" refuses in a pod, in words
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/). A container's own settings go before the
 * pod's.
 */
export function refused(pod: IPodSpec): string[] {
  const faults: string[] = [];
  const hold = (holds: boolean, fault: string) => holds || faults.push(fault);
  for (const shared of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
    hold(pod[shared] !== true, `${shared} is set`);
  for (const { name, ...volume } of pod.volumes ?? [])
    hold(
      Object.keys(volume).every((kind) => VOLUMES.includes(kind)),
      `volume ${name} is not allowed`,
    );
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])])
    for (const fault of refusedIn(container, pod)) faults.push(`${container.name}: ${fault}`);
  return faults;
}

function refusedIn({ securityContext: own = {}, ports = [] }: IContainer, pod: IPodSpec): string[] {
  const faults: string[] = [];
  const hold = (holds: boolean, fault: string) => holds || faults.push(fault);
  const { runAsNonRoot, runAsUser, seccompProfile } = { ...pod.securityContext, ...own };
  hold(own.privileged !== true, 'it is privileged');
  hold(own.allowPrivilegeEscalation === false, 'it may gain privileges');
  hold(own.capabilities?.drop?.includes('ALL') === true, 'it keeps capabilities');
  hold(
    (own.capabilities?.add ?? []).every((one) => one === 'NET_BIND_SERVICE'),
    'it adds capabilities',
  );
  hold(runAsNonRoot === true, 'it may run as root');
  hold(runAsUser !== 0, 'it runs as root');
  hold(['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? ''), 'it has no seccomp profile');
  hold(own.procMount === undefined || own.procMount === 'Default', 'it changes /proc');
  hold(
    ports.every(({ hostPort = 0 }) => hostPort === 0),
    'it takes a port of the node',
  );
  return faults;
}
