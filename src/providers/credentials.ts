import { keyMatcher } from '../http/keys.ts';
import { ProblemError } from '../http/problem.ts';
import { rememberLast } from './remember-last.ts';

/** Who calls: the user of Basic, if it is that, and the password or token. */
export interface Credentials {
  readonly name: string | undefined;
  readonly secret: string;
}

/** The credentials of a call; undefined if it has none. */
export function credentialsOf({ headers }: Request): Credentials | undefined {
  return parse(headers.get('authorization') ?? '');
}

const parse = rememberLast((header: string): Credentials | undefined => {
  const [, scheme = '', given = ''] = /^(basic|bearer) +(\S+)$/i.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { name: undefined, secret: given };
  const text = Buffer.from(given, 'base64').toString();
  const [, name, secret] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  return secret === undefined ? undefined : { name, secret };
});

/**
 * Makes the hook that requires credentials. Applications send those of their provider, which this service does not know:
 * so any will do, unless the service has API keys. Then the password (Basic) or the token (Bearer) must be one of them.
 *
 * @returns throws ProblemError `unauthorized`
 */
export function credentialCheck(keys: readonly string[]): (context: { request: Request }) => void {
  const matches = keyMatcher(keys);
  return ({ request }) => {
    const credentials = credentialsOf(request);
    if (credentials === undefined || (keys.length > 0 && !matches(credentials.secret)))
      throw new ProblemError('unauthorized');
  };
}
