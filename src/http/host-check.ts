import { isIP } from 'node:net';
import { ProblemError, safeName } from './problem.ts';
import { pathOf } from './request.ts';

/** Probes and scrapes may use any Host, or none, and any Origin. */
const EXEMPT = ['/livez', '/readyz', '/metrics'];

export function isExempt(request: Request): boolean {
  return EXEMPT.includes(pathOf(request));
}

/** The host that a request names, with its port; empty if it names none. */
export function hostOf({ headers, url }: Request): string {
  return headers.get('host') ?? /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
}

/**
 * Makes the check that protects a mock on a developer's machine from DNS rebinding: a page whose host name resolves to
 * this machine sends that name as `Host`, and no `Origin`.
 *
 * So the service accepts only names that cannot be registered: IP addresses, names of one label, `*.localhost` (RFC 6761,
 * section 6.3), what Docker and Podman call the host of a container (ICANN has reserved `internal`), names of Kubernetes
 * services, and `allowed`. A service's name must be in the default cluster domain: anyone could register a domain that
 * matches `*.svc.*`.
 *
 * @param allowed further host names, in lower case
 * @returns throws ProblemError `forbidden_host`
 */
export function hostCheck(allowed: readonly string[]): (request: Request) => void {
  /** The last accepted host: most calls use the same one. */
  let accepted: string | undefined;

  return (request) => {
    const host = hostOf(request);
    if (host === accepted || isExempt(request)) return;
    if (!isAllowed(host, allowed)) throw forbiddenHost(host);
    accepted = host;
  };
}

function forbiddenHost(host: string): ProblemError {
  const detail = `The host "${safeName(host)}" is not a local one. If it is yours, add its name to OTP_ALLOWED_HOSTS, in lower case and without the port.`;
  return new ProblemError('forbidden_host', host === '' ? {} : { detail });
}

/** A container's names for its host. */
const HOSTS_OF_CONTAINERS = ['host.docker.internal', 'host.containers.internal'];

function isAllowed(host: string, allowed: readonly string[]): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([\w.-]*))(?::\d*)?$/.exec(host.toLowerCase()) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  if (plain === '') return false;
  return (
    !plain.includes('.') ||
    isIP(plain) === 4 ||
    plain.endsWith('.localhost') ||
    HOSTS_OF_CONTAINERS.includes(plain) ||
    plain.endsWith('.svc') ||
    plain.endsWith('.svc.cluster.local') ||
    allowed.includes(plain)
  );
}
