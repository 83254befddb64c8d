import { isIP } from 'node:net';
import { ProblemError, safeName } from './problem.ts';
import { pathOf } from './request.ts';

/** Probes and scrapes may use any Host, or none. */
const EXEMPT = ['/livez', '/readyz', '/metrics'];

/**
 * Makes the check that protects a mock on a developer's machine from web pages: a page of any site can call it.
 *
 * A page that calls another origin sends its own as `Origin`: `forbidden_origin`. A page whose host name resolves to
 * this machine (DNS rebinding) sends that name as `Host`: `forbidden_host`. So the service accepts only names that cannot
 * be registered: IP addresses, names of one label, `*.localhost` (RFC 6761, section 6.3), what Docker and Podman call the
 * host of a container (ICANN has reserved `internal`), names of Kubernetes services, and `allowed`. A service's name must
 * be in the default cluster domain: anyone could register a domain that matches `*.svc.*`.
 *
 * @param allowed further host names, in lower case
 * @param origins further origins of web pages, as browsers write them
 * @returns throws ProblemError `forbidden_host` or `forbidden_origin`
 */
export function hostCheck(
  allowed: readonly string[],
  origins: readonly string[],
): (request: Request) => void {
  /** The last accepted host: most calls use the same one, and come from no page. */
  let accepted: string | undefined;

  return (request) => {
    const { headers, url } = request;
    const host = headers.get('host') ?? /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
    const origin = headers.get('origin');
    if (host === accepted && origin === null) return;
    if (EXEMPT.includes(pathOf(request))) return;
    if (!isAllowed(host, allowed)) throw forbiddenHost(host);
    accepted = host;
    if (origin !== null && !isOriginOf(origin, host) && !origins.includes(origin))
      throw forbiddenOrigin(origin);
  };
}

const WITHOUT_ORIGIN =
  'A page without an origin, such as a file, may not call this service. Serve the page over HTTP, and add its origin to OTP_ALLOWED_ORIGINS.';

function forbiddenHost(host: string): ProblemError {
  const detail = `The host "${safeName(host)}" is not a local one. If it is yours, add its name to OTP_ALLOWED_HOSTS, in lower case and without the port.`;
  return new ProblemError('forbidden_host', host === '' ? {} : { detail });
}

function forbiddenOrigin(origin: string): ProblemError {
  // A file and a sandboxed frame send this, and so could any site.
  if (origin === 'null') return new ProblemError('forbidden_origin', { detail: WITHOUT_ORIGIN });
  const detail = `Web pages of the origin "${safeName(origin)}" may not call this service. Call it from your server, or add the origin to OTP_ALLOWED_ORIGINS.`;
  return new ProblemError('forbidden_origin', { detail });
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

/** Whether a page that this host serves has this origin. Default ports may be left out. */
function isOriginOf(origin: string, host: string): boolean {
  const own = `${origin.split('//')[0]}//${host}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host;
}
