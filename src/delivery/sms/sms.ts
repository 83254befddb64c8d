import type { SettingsOf } from '../../core/settings.ts';
import type { Sender } from '../channel.ts';
import type { ChannelKind, ChannelParts } from '../channel-kind.ts';
import { post } from '../http-post.ts';
import { timeLeft } from '../time-left.ts';
import { isPhoneNumber } from './phone-number.ts';
import { smsSettings } from './settings.ts';

export const sms = {
  name: 'sms',
  settings: smsSettings,
  on: 'OTP_SMS_URL',
  needs: 'OTP_SMS_FROM',
  address: { rule: 'a phone number in E.164 format, like +15005550006', isValid: isPhoneNumber },
  open: openSms,
} as const satisfies ChannelKind<typeof smsSettings>;

/**
 * Text messages over Twilio's API, which other providers offer too: a form posted to the account's `Messages.json`, with
 * the account and its token as Basic authentication.
 */
function openSms(settings: SettingsOf<typeof smsSettings>, { serviceName, clock }: ChannelParts): Sender {
  const url = new URL(settings.OTP_SMS_URL);
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
      const body = text + autofillLine(settings.OTP_ORIGIN, code);
      const form = new URLSearchParams({ To: to, From: settings.OTP_SMS_FROM, Body: body });
      return post(url, headers, form.toString(), signal);
    },
    close() {},
  };
}

/** The last line, which lets a phone fill in the code at the site: https://wicg.github.io/sms-one-time-codes */
function autofillLine(origin: string, code: string): string {
  return origin === '' ? '' : `\n\n@${new URL(origin).host} #${code}`;
}
