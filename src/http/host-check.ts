import { isIP } from 'node:net';
import { pathOf } from './path.ts';
import { ProblemError } from './problem.ts';

/** Asked by whoever runs the service, under whatever name that is. */
const EXEMPT = ['/livez', '/readyz', '/metrics'];

/**
 * Makes the check that keeps web pages away from a mock that runs on the reader's own machine, where a page
 * from anywhere can send requests to it.
 *
 * A page's own requests to another origin say where it comes from: `forbidden_origin`. One that has its own
 * name resolve to this machine (DNS rebinding) still calls by that name: `forbidden_host`. So the service
 * answers only to IP addresses, `localhost`, names of one label, names of Kubernetes services, and `allowed`.
 * The cluster's domain must be the usual one: `*.svc.*` would be anybody's to register.
 *
 * @param allowed further host names, in lower case
 * @throws ProblemError `forbidden_host` or `forbidden_origin`, by the function returned
 */
export function hostCheck(allowed: readonly string[]): (request: Request) => void {
  /** The host that was let in last: most calls come by one name. */
  let familiar: string | undefined;

  return (request) => {
    const { headers } = request;
    const host = headers.get('host') ?? /\/\/([^/?#]*)/.exec(request.url)?.[1] ?? '';
    const origin = headers.get('origin');
    if (host !== familiar && isKnown(host, allowed)) familiar = host;
    const problem =
      host !== familiar
        ? 'forbidden_host'
        : origin !== null && !isOriginOf(origin, host)
          ? 'forbidden_origin'
          : undefined;
    if (problem !== undefined && !EXEMPT.includes(pathOf(request))) throw new ProblemError(problem);
  };
}

function isKnown(host: string, allowed: readonly string[]): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([\w.-]*))(?::\d*)?$/.exec(host.toLowerCase()) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  if (plain === '') return false;
  return (
    !plain.includes('.') ||
    isIP(plain) === 4 ||
    plain.endsWith('.svc') ||
    plain.endsWith('.svc.cluster.local') ||
    allowed.includes(plain)
  );
}

/** Whether an Origin is the one that a page served by this host has, with the port left out or not. */
function isOriginOf(origin: string, host: string): boolean {
  const own = `${origin.split('//')[0]}//${host}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host;
}
