import { createHmac } from 'node:crypto';
import type { Config } from '../settings.ts';
import type { Channel } from './channel.ts';
import { post } from './http-post.ts';

/** The type of the one message that there is. */
const TYPE = 'otp.requested';

/**
 * The caller's own endpoint: a `POST` of JSON, signed as Standard Webhooks 1.0.0 say, once with each secret, so
 * that a receiver who still has the old one understands while they change.
 *
 * @param realTime milliseconds since the epoch, for whoever checks that a signature is fresh
 */
export function webhookChannel(config: Config, realTime: () => number): Channel {
  const url = new URL(config.OTP_WEBHOOK_URL);
  const keys = config.OTP_WEBHOOK_SECRETS.map((secret) =>
    Buffer.from(secret.slice('whsec_'.length), 'base64'),
  );

  return {
    name: 'webhook',
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
