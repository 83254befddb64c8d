import { text } from '../../core/settings.ts';
import {
  type AttemptFailure,
  type ChannelKind,
  DeliveryFailure,
  SENDS_AT_ONCE,
  timeLeft,
} from '../channel.ts';
import { isEmailAddress } from './address.ts';
import { mailServer } from './smtp-url.ts';
import { emailText } from './text.ts';

const settings = {
  OTP_SMTP_URL: text('otp-smtp-url', (url) => mailServer(url) !== undefined, {
    description:
      'Mail server: `smtp://` or `smtps://`, then `user:password@` if it needs a login, host and port',
    expected:
      'smtp:// or smtps://, then user:password@ if the server needs a login, host and port; the query may set requireTLS and tls.rejectUnauthorized to true or false',
    secret: true,
  }),
  OTP_MAIL_FROM: text('otp-mail-from', isEmailAddress, {
    description: 'Sender address of e-mails; the sender’s name is `OTP_SERVICE_NAME`',
    expected: 'an e-mail address like otp@example.com',
  }),
};

/** Time limit for each step of an SMTP session, in milliseconds. The queue limits all steps together. */
const STEP_MS = 5_000;

/** E-mail over SMTP, on connections that stay open for the next message. */
export const email = {
  name: 'email',
  settings,
  on: 'OTP_SMTP_URL',
  needs: 'OTP_MAIL_FROM',
  address: {
    rule: 'an e-mail address in ASCII, like alice@example.com',
    isValid: isEmailAddress,
    // RFC 5321 lets the part before the @ differ by case; no provider of note does.
    ignoresCase: true,
  },
  open({ OTP_SMTP_URL, OTP_MAIL_FROM }, { serviceName, clock }) {
    const from = { name: serviceName, address: OTP_MAIL_FROM };
    const [, domain] = from.address.split('@');
    const options = {
      pool: true,
      maxConnections: SENDS_AT_ONCE,
      // Only the queue retries: it knows whether the code is still valid.
      maxRequeues: 0,
      ...mailServer(OTP_SMTP_URL),
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
  },
} as const satisfies ChannelKind<typeof settings>;

/** What an error from nodemailer means. A 4yz reply is temporary, a 5yz reply is not: RFC 5321, section 4.2.1. */
function reasonOf(error: unknown): AttemptFailure {
  if (!(error instanceof Error)) return 'unreachable';
  if ('responseCode' in error && typeof error.responseCode === 'number')
    return error.responseCode >= 500 ? 'refused' : 'provider_error';
  return 'code' in error && error.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}
