import { optionalText } from '../../core/settings.ts';
import { isPhoneNumber } from './phone-number.ts';

export const smsSettings = {
  OTP_SMS_URL: optionalText('otp-sms-url', isSmsUrl, {
    description: 'Provider with Twilio’s API, as `https://account:token@host`',
    expected: 'an http or https URL with an account and a token, like https://account:token@api.twilio.com',
    secret: true,
  }),
  OTP_SMS_FROM: optionalText('otp-sms-from', (text) => isPhoneNumber(text) || isSenderName(text), {
    description: 'Sender of text messages: a phone number, or a name of up to 11 letters and digits',
    expected: 'a phone number like +15005550006, or a name of up to 11 letters and digits',
  }),
  OTP_ORIGIN: optionalText('otp-origin', (text) => /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text), {
    description: 'Origin of your site: phones fill in the code from a text message there',
    expected: 'an origin like https://example.com, in lower case, without port and path',
  }),
};

function isSmsUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return false;
  return /^\w+$/.test(url.username) && /^[\w.~-]+$/.test(url.password);
}

function isSenderName(text: string): boolean {
  return /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);
}
