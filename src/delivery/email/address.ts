/** The longest address that a mail server must accept: RFC 5321, section 4.5.3.1.3, without the brackets. */
const MAX_LENGTH = 254;

const ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';

/** Dot-string at domain (RFC 5321, section 4.1.2), without quoted strings and IP literals. */
const ADDRESS = new RegExp(`^(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`);

/**
 * Whether the text is one e-mail address, in ASCII. No line break, comma or bracket is allowed, so an address cannot
 * break out of a header.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text);
}
