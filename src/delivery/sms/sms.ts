import { text } from '../../core/settings.ts';
import { type ChannelKind, timeLeft } from '../channel.ts';
import { post } from '../http-post.ts';

const settings = {
  OTP_SMS_URL: text('otp-sms-url', isSmsUrl, {
    description: 'Provider with Twilio’s API, as `https://account:token@host`',
    expected: 'an http or https URL with an account and a token, like https://account:token@api.twilio.com',
    secret: true,
  }),
  OTP_SMS_FROM: text('otp-sms-from', (from) => isPhoneNumber(from) || isSenderName(from), {
    description: 'Sender of text messages: a phone number, or a name of up to 11 letters and digits',
    expected: 'a phone number like +15005550006, or a name of up to 11 letters and digits',
  }),
  OTP_ORIGIN: text('otp-origin', isOrigin, {
    description: 'Origin of your site: phones fill in the code from a text message there',
    expected: 'an origin like https://example.com, in lower case, without port and path',
  }),
};

/**
 * Text messages over Twilio's API, which other providers offer too: a form posted to the account's `Messages.json`, with
 * the account and its token as Basic authentication.
 */
export const sms = {
  name: 'sms',
  settings,
  on: 'OTP_SMS_URL',
  needs: 'OTP_SMS_FROM',
  address: {
    rule: 'a phone number in E.164 format, like +15005550006',
    isValid: isPhoneNumber,
    ignoresCase: false,
  },
  open({ OTP_SMS_URL, OTP_SMS_FROM, OTP_ORIGIN }, { serviceName, clock }) {
    const url = new URL(OTP_SMS_URL);
    const { username: account, password: token } = url;
    url.username = '';
    url.password = '';
    url.pathname = `${url.pathname.replace(/\/$/, '')}/2010-04-01/Accounts/${account}/Messages.json`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${btoa(`${account}:${token}`)}`,
    };
    return {
      send(message, signal) {
        const { to, code } = message;
        const text = `${code} is your code for ${serviceName}. It expires in ${timeLeft(message, clock)}.`;
        const body = text + autofillLine(OTP_ORIGIN, code);
        const form = new URLSearchParams({ To: to, From: OTP_SMS_FROM, Body: body });
        return post(url, headers, form.toString(), signal);
      },
      close() {},
    };
  },
} as const satisfies ChannelKind<typeof settings>;

/** Whether the text is a phone number in E.164 format: +, a country code without leading zero, at most 15 digits. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9][0-9]{1,14}$/.test(text);
}

function isSmsUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return false;
  return /^\w+$/.test(url.username) && /^[\w.~-]+$/.test(url.password);
}

function isOrigin(text: string): boolean {
  return /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text);
}

function isSenderName(text: string): boolean {
  return /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);
}

/** The last line, which lets a phone fill in the code at the site: https://wicg.github.io/sms-one-time-codes */
function autofillLine(origin: string, code: string): string {
  return origin === '' ? '' : `\n\n@${new URL(origin).host} #${code}`;
}
