/** A mail server and how to talk to it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on. */
  readonly secure: boolean;
  /** No mail unless the connection was upgraded with STARTTLS. */
  readonly requireTLS: boolean;
  /** Whether the server's certificate must be good. */
  readonly verified: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** What may stand in the query, under the names that nodemailer has for it. */
const SWITCHES = ['requireTLS', 'tls.rejectUnauthorized'];

/**
 * Reads `smtp://user:password@host:port` or `smtps://…`; the ports that are usual are 587 and 465. Over smtp a
 * connection is upgraded if the server offers STARTTLS. It must be if there is a password, which else anybody on
 * the way could ask for by hiding that offer; `?requireTLS=` says otherwise. `?tls.rejectUnauthorized=false` takes
 * any certificate.
 *
 * @returns undefined if the text is no such URL
 */
export function mailServer(text: string): MailServer | undefined {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return undefined;
  if (!/^\/?$/.test(url.pathname) || url.hash !== '') return undefined;
  for (const [name, value] of url.searchParams)
    if (!SWITCHES.includes(name) || !/^(true|false)$/.test(value)) return undefined;
  const [user, pass] = [decoded(url.username), decoded(url.password)];
  if (user === undefined || pass === undefined || (user === '') !== (pass === '')) return undefined;
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && (url.searchParams.get('requireTLS') ?? String(user !== '')) === 'true',
    verified: url.searchParams.get('tls.rejectUnauthorized') !== 'false',
    ...(user !== '' && { auth: { user, pass } }),
  };
}

/** The part of a URL with its percent signs resolved; undefined if it cannot be. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
