import { MAIL_ADDRESS, MAX_MAIL_ADDRESS, PHONE_NUMBER } from './address-patterns.ts';
import type { ChannelName } from './channel.ts';

interface AddressRule {
  /** What an address must be, for whoever got one wrong. */
  readonly rule: string;
  holds(address: string): boolean;
}

const mail = new RegExp(MAIL_ADDRESS);
const phone = new RegExp(PHONE_NUMBER);

/** What is an address for each channel. A webhook's means something to the caller alone. */
export const ADDRESSES: Readonly<Record<ChannelName, AddressRule>> = {
  email: {
    rule: 'an e-mail address in ASCII, like alice@example.com',
    holds: (address) => address.length <= MAX_MAIL_ADDRESS && mail.test(address),
  },
  sms: {
    rule: 'a telephone number in the form of E.164, like +15005550006',
    holds: (address) => phone.test(address),
  },
  webhook: { rule: 'any text', holds: () => true },
};
