import type { Clock } from '../core/clock.ts';
import type { Config } from '../settings.ts';
import type { Channel } from './channel.ts';
import { post } from './http-post.ts';
import { shortText } from './templates.ts';

/**
 * Text messages, by Twilio's API and those made like it: a form posted to the account's `Messages.json`, with the
 * account and its token as Basic authentication.
 *
 * @param clock service time, of which the text says how much is left
 */
export function smsChannel(config: Config, clock: Clock): Channel {
  const url = new URL(config.OTP_SMS_URL);
  const { username: account, password: token } = url;
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname.replace(/\/$/, '')}/2010-04-01/Accounts/${account}/Messages.json`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${btoa(`${account}:${token}`)}`,
  };

  return {
    name: 'sms',
    send({ to, code, expiresAt }, signal) {
      const words = { code, leftMs: expiresAt - clock.now(), service: config.OTP_SERVICE_NAME };
      const form = new URLSearchParams({
        To: to,
        From: config.OTP_SMS_FROM,
        Body: shortText(words, config.OTP_ORIGIN),
      });
      return post(url, headers, form.toString(), signal);
    },
    close() {},
  };
}
