import { credentialsOf } from '../credentials.ts';
import { rememberLast } from '../remember-last.ts';

/** The SID of an account: what most answers name first. */
export type Account = string;

/** The account of callers whose API key does not tell theirs. */
const UNKNOWN_ACCOUNT = `AC${'0'.repeat(32)}`;

/** The account of a call. */
export function accountOf(request: Request): Account {
  const name = credentialsOf(request)?.name ?? '';
  return /^AC[0-9a-fA-F]{32}$/.test(name) ? name : UNKNOWN_ACCOUNT;
}

/** The address of a Verify resource, as Twilio shows it. */
export function link(path: string): string {
  return `https://verify.twilio.com${path}`;
}

/** A moment in Verify's form, without milliseconds: Twilio's Python client reads no others. */
export const second = rememberLast((time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'));

/** A moment in the form of the API of 2010 (RFC 2822). */
export function rfc2822(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}
