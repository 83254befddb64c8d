import { describe, expect, test } from 'bun:test';
import { ADDRESSES } from '../../src/delivery/addresses.ts';

describe('an e-mail address', () => {
  test.each([
    'alice@example.com',
    'a@localhost',
    'first.last+tag@sub.example.co.uk',
    "o'neil_{x}@example.com",
    `${'a'.repeat(64)}@example.com`,
    '1@2.example',
  ])('may be %j', (address) => {
    expect(ADDRESSES.email.holds(address)).toBe(true);
  });

  test.each([
    '',
    'alice',
    '@example.com',
    'alice@',
    'a b@example.com',
    'alice@exa mple.com',
    'alice@@example.com',
    'alice@example.com, bob@example.com',
    'alice@example.com;bob@example.com',
    'Alice <alice@example.com>',
    '<alice@example.com>',
    'alice@example.com\n',
    'alice@example.com\r\nBcc: eve@example.com',
    'alice\n@example.com',
    '.alice@example.com',
    'a..b@example.com',
    'alice.@example.com',
    'alice@-example.com',
    'alice@example-.com',
    'alice@example..com',
    'alice@.example.com',
    'alice@example.com.',
    'alice@[127.0.0.1]',
    '"alice"@example.com',
    'älice@example.com',
    'alice@exämple.com',
    `${'a'.repeat(65)}@example.com`,
    `alice@${'a'.repeat(64)}.com`,
    `alice@${'abcdefghi.'.repeat(25)}com`,
  ])('may not be %j', (address) => {
    expect(ADDRESSES.email.holds(address)).toBe(false);
  });

  test('is told from what is none in no time, however it is made', () => {
    // By the processor's time, of which nobody else takes any; in microseconds.
    const before = process.cpuUsage();
    for (const address of [`${'a.'.repeat(120)}@`, `a@${'a-'.repeat(120)}`, `${'a@'.repeat(120)}`])
      for (let i = 0; i < 100; i++) expect(ADDRESSES.email.holds(address)).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});

describe('a telephone number', () => {
  test.each(['+15005550006', '+4930123456', '+123456789012345'])('may be %j', (address) => {
    expect(ADDRESSES.sms.holds(address)).toBe(true);
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
  ])('may not be %j', (address) => {
    expect(ADDRESSES.sms.holds(address)).toBe(false);
  });
});

test('a webhook takes any address: it means something to the caller alone', () => {
  expect(ADDRESSES.webhook.holds('room 101')).toBe(true);
});
