import { describe, expect, test } from 'bun:test';
import { Announcements } from '../../src/page/model/announcements.ts';
import { deliveryInWords, faultInWords, problemInWords, wheelInWords } from '../../src/page/model/words.ts';

describe('a delivery in words', () => {
  test('a delivery names its channel, destination and status', () => {
    const to = 'alice@example.com';
    expect(deliveryInWords({ channel: 'email', to, delivery: 'failed' })).toBe(`email to ${to}: failed`);
  });

  test('no delivery is an empty text', () => {
    expect(deliveryInWords({ channel: 'none', delivery: 'none' })).toBe('');
  });
});

describe('a fault of the delivery in words', () => {
  test.each([
    [{ fail: true }, 'refused'],
    [{ drop: true }, 'lost'],
    [{ duplicate: true }, 'sent twice'],
    [{ delayMs: 200 }, 'sent after 200 ms'],
  ])('a delivery fault reads as what it does: %j', (fault, words) => {
    expect(faultInWords({ on: 'delivery', times: 1, ...fault })).toBe(`delivery: ${words}, once`);
  });
});

describe('a problem in words', () => {
  test('a problem has its status, code and detail', () => {
    expect(problemInWords({ status: 410, code: 'code_expired', detail: 'Request a new one.' })).toBe(
      '410 code_expired: Request a new one.',
    );
  });

  test('a problem says how many attempts are left', () => {
    expect(problemInWords({ status: 401, code: 'invalid_code', detail: 'Wrong.', attemptsLeft: 0 })).toBe(
      '401 invalid_code: Wrong. Attempts left: 0.',
    );
  });

  test('a problem names the invalid fields', () => {
    const errors = [{ field: '/user', detail: 'at most 256 bytes' }];
    expect(problemInWords({ status: 400, code: 'invalid_request', detail: 'Bad.', errors })).toBe(
      '400 invalid_request: Bad. user: at most 256 bytes',
    );
  });

  test('a problem without an answer has no status', () => {
    expect(problemInWords({ status: 0, code: 'no answer', detail: 'It broke off.' })).toBe(
      'no answer: It broke off.',
    );
  });
});

test.each([
  [{ on: 'verify', status: 503, times: 1 }, 'verify: 503, once'],
  [
    { on: 'request', user: 'a*', status: 429, times: 2, delayMs: 200 },
    'request, a*: 429 after 200 ms, 2 times',
  ],
  [{ on: 'cancel', drop: true }, 'cancel: connection dropped, until cleared'],
  [{ on: 'verify', delayMs: 50 }, 'verify: answered after 50 ms, until cleared'],
])('a fault reads as its call, effect and count: %j', (fault, words) => {
  expect(faultInWords(fault)).toBe(words);
});

test('many events become one sentence for a screen reader, and no events none', () => {
  const news = new Announcements();
  expect(news.take()).toBeUndefined();
  for (let i = 0; i < 3; i++) news.note({ type: 'otp.verified', otp: `c${i}` });
  news.note({ type: 'otp.rejected' });
  news.note({ type: 'mock.reset' });
  expect(news.take()).toBe('Codes: 3 verified, 1 wrong guess.');
  expect(news.take()).toBeUndefined();
});

test.each([
  [0, undefined, 'slot 5 of 60, 0 codes wait.'],
  [1, 70, 'slot 5 of 60, 1 code waits. The next expires in 5 s.'],
  [12, 65, 'slot 5 of 60, 12 codes wait. The next expires in 0 s.'],
])('a screen reader hears the hand’s slot and the number of codes: %d', (count, next, words) => {
  expect(wheelInWords(count, next, 65_400)).toBe(`The timing wheel: its hand is at ${words}`);
});
