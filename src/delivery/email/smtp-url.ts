/** What the query may set, by nodemailer's names. */
const SWITCHES = ['requireTLS', 'tls.rejectUnauthorized'];

/**
 * Reads `smtp://user:password@host:port` or `smtps://…`. The default ports are 587 and 465.
 *
 * An smtp connection is upgraded if the server offers STARTTLS. With a password it must be, because an attacker on the
 * way could otherwise hide the offer and read the password; `?requireTLS=` overrides this.
 * `?tls.rejectUnauthorized=false` accepts any certificate.
 *
 * @returns nodemailer's options for that server; undefined if the text is not such a URL
 */
export function mailServer(text: string) {
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
    tls: { rejectUnauthorized: url.searchParams.get('tls.rejectUnauthorized') !== 'false' },
    ...(user !== '' && { auth: { user, pass } }),
  };
}

/** A part of a URL, percent-decoded; undefined if that fails. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
