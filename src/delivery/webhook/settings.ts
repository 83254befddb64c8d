import { Type } from '@sinclair/typebox';
import { list, optionalText } from '../../core/settings.ts';

export const webhookSettings = {
  OTP_WEBHOOK_URL: optionalText('otp-webhook-url', isWebhookUrl, {
    description: 'Your endpoint, which receives each message in a `POST`',
    expected: 'an http or https URL without user and password',
    secret: true,
  }),
  OTP_WEBHOOK_SECRETS: list(
    // 24 to 64 bytes, as Standard Webhooks recommends: https://www.standardwebhooks.com
    Type.String({
      pattern: '^whsec_(?=.{32,88}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    }),
    {
      description:
        'Secrets that sign the messages, separated by commas: `whsec_` and 24 to 64 bytes in Base64. Each adds a signature',
      expected: 'secrets separated by commas, each whsec_ and 24 to 64 bytes in Base64',
      secret: true,
    },
  ),
};

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}
