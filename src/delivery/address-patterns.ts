/**
 * The forms of addresses that codes are sent to, as patterns in plain ASCII. None has room for a line break, a
 * comma or a bracket, so an address can stand in a header, and is one address.
 */

/** The longest e-mail address that a mail server must take: RFC 5321, section 4.5.3.1.3, without its brackets. */
export const MAX_MAIL_ADDRESS = 254;

const ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';

/** An e-mail address: dot-string at domain (RFC 5321, section 4.1.2), without quoted strings and IP literals. */
export const MAIL_ADDRESS = `^(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`;

/** A telephone number as ITU-T E.164 has it: a country's code, which has no leading zero, and 15 digits at the most. */
export const PHONE_NUMBER = '^\\+[1-9][0-9]{1,14}$';
