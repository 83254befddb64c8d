import { describe, expect, test } from 'bun:test';
import { isPhoneNumber } from '../../../src/delivery/sms/sms.ts';

describe('a phone number', () => {
  test.each(['+15005550006', '+4930123456', '+123456789012345'])('can be %j', (text) => {
    expect(isPhoneNumber(text)).toBe(true);
  });

  test.each([
    '',
    '15005550006',
    '+05005550006',
    '+1 500 555 0006',
    '+1-500-555-0006',
    '0015005550006',
    '+1',
    '+1234567890123456',
    '+15005550006\n',
    '+1500555000٦',
    'alice@example.com',
  ])('cannot be %j', (text) => {
    expect(isPhoneNumber(text)).toBe(false);
  });
});
