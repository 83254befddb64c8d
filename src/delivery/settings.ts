import { FormatRegistry, Type } from '@sinclair/typebox';
import { MAIL_ADDRESS, MAX_MAIL_ADDRESS, PHONE_NUMBER } from './address-patterns.ts';
import { mailServer } from './smtp-url.ts';

/** Text that `isGood` accepts; empty, which is the default, it counts as not set. */
function optional(
  format: string,
  isGood: (text: string) => boolean,
  options: { description: string; expected: string; secret?: true },
) {
  FormatRegistry.Set(format, (text) => text === '' || isGood(text));
  return Type.String({ format, default: '', ...options });
}

/** The settings of the channels that codes are delivered by. A channel is configured if the first of its own is set. */
export const deliverySettings = {
  OTP_CHANNEL: Type.Union(
    [Type.Literal('none'), Type.Literal('email'), Type.Literal('sms'), Type.Literal('webhook')],
    {
      default: 'none',
      description:
        'Channel of a request that names none. In strict mode `none` stands for the one that is configured',
    },
  ),
  OTP_SERVICE_NAME: Type.RegExp(/^[^\p{Cc}\p{Cs}]{1,64}$/u, {
    default: 'mock-otp-service',
    description: 'What messages call the service that the code is for',
    expected: 'a name of 1 to 64 characters in a line',
  }),
  OTP_ORIGIN: optional('otp-origin', (text) => /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text), {
    description: 'Origin of the site that asks for the code: phones fill it in there from the text message',
    expected: 'an origin like https://example.com, in lower case, without port and path',
  }),
  OTP_SMTP_URL: optional('otp-smtp-url', (text) => mailServer(text) !== undefined, {
    description: 'Mail server: `smtp://` or `smtps://`, `user:password@` if it wants that, host and port',
    expected:
      'smtp:// or smtps://, user:password@ if the server wants that, host and port, and at most requireTLS and tls.rejectUnauthorized as a query, each true or false',
    secret: true,
  }),
  OTP_MAIL_FROM: optional(
    'otp-mail-from',
    (text) => text.length <= MAX_MAIL_ADDRESS && new RegExp(MAIL_ADDRESS).test(text),
    {
      description: 'Address that mails come from; their sender’s name is `OTP_SERVICE_NAME`',
      expected: 'an e-mail address like otp@example.com',
    },
  ),
  OTP_SMS_URL: optional('otp-sms-url', isSmsUrl, {
    description: 'Provider, as `https://account:token@host`: the API below it is Twilio’s',
    expected: 'an http or https URL with an account and a token, as in https://account:token@api.twilio.com',
    secret: true,
  }),
  OTP_SMS_FROM: optional(
    'otp-sms-from',
    (text) => new RegExp(PHONE_NUMBER).test(text) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text),
    {
      description: 'Number that text messages come from, or a name of up to 11 letters and digits',
      expected: 'a number like +15005550006, or a name of up to 11 letters and digits',
    },
  ),
  OTP_WEBHOOK_URL: optional('otp-webhook-url', isWebhookUrl, {
    description: 'Your endpoint, which takes the messages in a `POST`',
    expected: 'an http or https URL without a user and a password',
    secret: true,
  }),
  OTP_WEBHOOK_SECRETS: Type.Array(
    // 24 to 64 bytes, as Standard Webhooks recommends: https://www.standardwebhooks.com
    Type.String({
      pattern: '^whsec_(?=.{32,88}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    }),
    {
      default: [],
      secret: true,
      description:
        'Secrets that sign the messages, separated by commas: `whsec_` and 24 to 64 bytes in Base64. With several there is a signature for each',
      expected: 'secrets separated by commas, each whsec_ and 24 to 64 bytes in Base64',
    },
  ),
};

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function isSmsUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return false;
  return /^\w+$/.test(url.username) && /^[\w.~-]+$/.test(url.password);
}
