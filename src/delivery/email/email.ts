import type { SettingsOf } from '../../core/settings.ts';
import { type AttemptFailure, DeliveryFailure, SENDS_AT_ONCE, type Sender } from '../channel.ts';
import type { ChannelKind, ChannelParts } from '../channel-kind.ts';
import { timeLeft } from '../time-left.ts';
import { isEmailAddress } from './address.ts';
import { emailSettings } from './settings.ts';
import { mailServer } from './smtp-url.ts';
import { emailText } from './text.ts';

export const email = {
  name: 'email',
  settings: emailSettings,
  on: 'OTP_SMTP_URL',
  needs: 'OTP_MAIL_FROM',
  address: { rule: 'an e-mail address in ASCII, like alice@example.com', isValid: isEmailAddress },
  open: openEmail,
} as const satisfies ChannelKind<typeof emailSettings>;

/** Time limit for each step of an SMTP session, in milliseconds. The queue limits all steps together. */
const STEP_MS = 5_000;

/** E-mail over SMTP, on connections that stay open for the next message. */
function openEmail(settings: SettingsOf<typeof emailSettings>, { serviceName, clock }: ChannelParts): Sender {
  const server = mailServer(settings.OTP_SMTP_URL);
  if (server === undefined) throw new Error('OTP_SMTP_URL must have been validated');
  const { host, port, secure, requireTLS, verified, auth } = server;
  const from = { name: serviceName, address: settings.OTP_MAIL_FROM };
  const domain = from.address.split('@')[1];
  const options = {
    pool: true,
    maxConnections: SENDS_AT_ONCE,
    // Only the queue retries: it knows whether the code is still valid.
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
  // Loaded only by services that send e-mail: it takes a tenth of the start-up time.
  const transport = import('nodemailer').then(({ createTransport }) => createTransport(options));

  return {
    async send(message, signal) {
      const { id, to, code } = message;
      const mail = {
        from,
        to: { name: '', address: to },
        ...emailText({ code, service: serviceName, timeLeft: timeLeft(message, clock) }),
        // The same on every attempt, so that a mail client can drop duplicates.
        messageId: `<${id}@${domain}>`,
        // RFC 3834: keeps vacation responders quiet.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      };
      await (await transport).sendMail(mail).catch((error: unknown) => {
        throw new DeliveryFailure(reasonOf(error));
      });
    },
    close: async () => (await transport).close({ force: true }),
  };
}

/** What an error from nodemailer means. A 4yz reply is temporary, a 5yz reply is not: RFC 5321, section 4.2.1. */
function reasonOf(error: unknown): AttemptFailure {
  if (!(error instanceof Error)) return 'unreachable';
  if ('responseCode' in error && typeof error.responseCode === 'number')
    return error.responseCode >= 500 ? 'refused' : 'provider_error';
  return 'code' in error && error.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}
