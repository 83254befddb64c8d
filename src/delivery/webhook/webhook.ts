import { createHmac } from 'node:crypto';
import type { SettingsOf } from '../../core/settings.ts';
import type { Sender } from '../channel.ts';
import type { ChannelKind, ChannelParts } from '../channel-kind.ts';
import { post } from '../http-post.ts';
import { webhookSettings } from './settings.ts';

export const webhook = {
  name: 'webhook',
  settings: webhookSettings,
  on: 'OTP_WEBHOOK_URL',
  needs: 'OTP_WEBHOOK_SECRETS',
  address: { rule: 'any text', isValid: () => true },
  open: openWebhook,
} as const satisfies ChannelKind<typeof webhookSettings>;

/** The type of the only message that there is. */
const TYPE = 'otp.requested';

/**
 * The operator's own endpoint: a `POST` of JSON, signed as in Standard Webhooks 1.0.0, once with each secret, so that
 * secrets can be rotated. Timestamps are real time: receivers check that a signature is fresh.
 */
function openWebhook(settings: SettingsOf<typeof webhookSettings>, { realTime }: ChannelParts): Sender {
  const url = new URL(settings.OTP_WEBHOOK_URL);
  const keys = settings.OTP_WEBHOOK_SECRETS.map((secret) =>
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
      return post(url, headers, body, signal);
    },
    close() {},
  };
}

function sign(key: Buffer, content: string): string {
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
