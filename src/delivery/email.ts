import type { Clock } from '../core/clock.ts';
import type { Config } from '../settings.ts';
import { type Channel, DeliveryFailure, type Fault } from './channel.ts';
import { mailServer } from './smtp-url.ts';
import { mailText } from './templates.ts';

/** How long the mail server may take for a step, in milliseconds. The queue limits all steps together. */
const STEP_MS = 5_000;

/**
 * E-mail by SMTP, over connections that are kept open for the next mail.
 *
 * @param clock service time, of which the text says how much is left
 * @param connections most of them at once
 */
export function emailChannel(config: Config, clock: Clock, connections: number): Channel {
  const server = mailServer(config.OTP_SMTP_URL);
  if (server === undefined) throw new Error('the configuration has checked OTP_SMTP_URL');
  const { host, port, secure, requireTLS, verified, auth } = server;
  const from = { name: config.OTP_SERVICE_NAME, address: config.OTP_MAIL_FROM };
  const domain = from.address.split('@')[1];
  const settings = {
    pool: true,
    maxConnections: connections,
    // The queue alone tries again: it knows whether the code is still good.
    maxRequeues: 0,
    host,
    port,
    secure,
    requireTLS,
    tls: { rejectUnauthorized: verified },
    ...(auth && { auth }),
    dnsTimeout: STEP_MS,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as const;
  // Loaded by those who send e-mail alone: it takes a tenth of the time in which the service starts.
  const transport = import('nodemailer').then(({ createTransport }) => createTransport(settings));

  return {
    name: 'email',
    async send({ id, to, code, expiresAt }, signal) {
      const words = { code, leftMs: expiresAt - clock.now(), service: config.OTP_SERVICE_NAME };
      const mail = {
        from,
        to: { name: '', address: to },
        ...mailText(words),
        // The same on every try, so that a reader can drop a mail that comes twice.
        messageId: `<${id}@${domain}>`,
        // RFC 3834: so that no vacation message answers it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      };
      await (await transport).sendMail(mail).catch((error: unknown) => {
        throw new DeliveryFailure(faultOf(error));
      });
    },
    close: async () => (await transport).close({ force: true }),
  };
}

/** What an error of nodemailer's means. Replies of 4yz pass, those of 5yz do not: RFC 5321, section 4.2.1. */
function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return 'unreachable';
  if ('responseCode' in error && typeof error.responseCode === 'number')
    return error.responseCode >= 500 ? 'refused' : 'provider_error';
  return 'code' in error && error.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}
