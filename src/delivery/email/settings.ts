import { optionalText } from '../../core/settings.ts';
import { isEmailAddress } from './address.ts';
import { mailServer } from './smtp-url.ts';

export const emailSettings = {
  OTP_SMTP_URL: optionalText('otp-smtp-url', (text) => mailServer(text) !== undefined, {
    description:
      'Mail server: `smtp://` or `smtps://`, then `user:password@` if it needs a login, host and port',
    expected:
      'smtp:// or smtps://, then user:password@ if the server needs a login, host and port; the query may set requireTLS and tls.rejectUnauthorized to true or false',
    secret: true,
  }),
  OTP_MAIL_FROM: optionalText('otp-mail-from', isEmailAddress, {
    description: 'Sender address of e-mails; the sender’s name is `OTP_SERVICE_NAME`',
    expected: 'an e-mail address like otp@example.com',
  }),
};
