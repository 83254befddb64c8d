import { createHmac } from 'node:crypto';
import { list, text } from '../../core/settings.ts';
import type { ChannelKind } from '../channel.ts';
import { post } from '../http-post.ts';

/** 24 to 64 bytes, as Standard Webhooks recommends: https://www.standardwebhooks.com */
const SECRET = '^whsec_(?=.{32,88}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

const settings = {
  OTP_WEBHOOK_URL: text('otp-webhook-url', isWebhookUrl, {
    description: 'Your endpoint, which receives each message in a `POST`',
    expected: 'an http or https URL without user and password',
    secret: true,
  }),
  OTP_WEBHOOK_SECRETS: list(SECRET, {
    description:
      'Secrets that sign the messages, separated by commas: `whsec_` and 24 to 64 bytes in Base64. Each adds a signature',
    expected: 'secrets separated by commas, each whsec_ and 24 to 64 bytes in Base64',
    secret: true,
  }),
};

/** The type of the only message that there is. */
const TYPE = 'otp.requested';

/**
 * The operator's own endpoint: a `POST` of JSON, signed as in Standard Webhooks 1.0.0, once with each secret, so that
 * secrets can be rotated. Timestamps are real time: receivers check that a signature is fresh.
 */
export const webhook = {
  name: 'webhook',
  settings,
  on: 'OTP_WEBHOOK_URL',
  needs: 'OTP_WEBHOOK_SECRETS',
  address: { rule: 'any text', isValid: () => true, ignoresCase: false },
  open(config, { realTime }) {
    const url = new URL(config.OTP_WEBHOOK_URL);
    const keys = config.OTP_WEBHOOK_SECRETS.map((secret) =>
      Buffer.from(secret.slice('whsec_'.length), 'base64'),
    );
    return {
      send({ id, user, purpose, to, code, expiresAt }, signal) {
        const now = realTime();
        const data = { id, user, purpose, to, code, expiresAt: new Date(expiresAt).toISOString() };
        const body = JSON.stringify({ type: TYPE, timestamp: new Date(now).toISOString(), data });
        const timestamp = String(Math.floor(now / 1_000));
        const headers = {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': keys.map((key) => sign(key, `${id}.${timestamp}.${body}`)).join(' '),
        };
        return post(url, headers, body, signal, 'gone');
      },
      close() {},
    };
  },
} as const satisfies ChannelKind<typeof settings>;

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function sign(key: Buffer, content: string): string {
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
