import { describe, expect, test } from 'bun:test';
import { Announcements } from '../../src/page/model/announcements.ts';
import {
  countInWords,
  deliveryInWords,
  dotInWords,
  faultInWords,
  lifetimeInWords,
  problemInWords,
  unrolledInWords,
  wheelInWords,
} from '../../src/page/model/words.ts';

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
  [{ on: 'request', provider: 'twilio', error: 60203, times: 1 }, 'request: twilio’s 60203, once'],
  [{ on: 'cancel', drop: true }, 'cancel: connection dropped, until cleared'],
  [{ on: 'verify', delayMs: 50 }, 'verify: answered after 50 ms, until cleared'],
  [{ on: 'request', status: 503, probability: 0.5 }, 'request: 503, until cleared, with probability 0.5'],
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

test.each([
  [65, 'Second 5, at the rim, 60 s to go: alice'],
  [66, 'Second 6, 1 ring in, 61 s to go: alice'],
  [190, 'Second 10, 3 rings in, 185 s to go: alice'],
  [4, 'Second 4, at the rim, 0 s to go: alice'],
])('a highlighted dot says its second, its ring and the time to go: %d', (second, words) => {
  expect(dotInWords('alice', second, 5_400)).toBe(words);
});

test('a lifetime names the day of a moment only if that is not today', () => {
  const noon = new Date(2026, 0, 1, 12).getTime();
  const evening = new Date(2026, 0, 1, 18).getTime();
  const nextNoon = new Date(2026, 0, 2, 12).getTime();
  expect(lifetimeInWords(noon, noon + 90_000, evening)).toBe('arrived 12:00:00, expired 12:01:30');
  expect(lifetimeInWords(noon, nextNoon, evening)).toBe(
    'arrived 12:00:00, expires Fri, 2 Jan 2026, 12:00:00',
  );
});

test('the unrolled wheel tells the codes of the wheel above from other reminders', () => {
  expect(unrolledInWords(4_096, 17, 12, 9)).toContain('the 9 waiting above, and 3 other reminders');
  // A code may have ended between the two counts.
  expect(unrolledInWords(4_096, 17, 8, 9)).toContain('the 8 waiting above, and 0 other reminders');
});

test.each([
  [0, 0, 0, ''],
  [7, 7, 7, '7'],
  [50, 300, 300, 'newest 50 of 300'],
  [50, 1_000, 3_000, 'newest 50 of 3,000'],
  [2, 2, 41, '2 of 41 match'],
  [50, 90, 3_000, '90 of 3,000 match'],
])('a count of %d shown, %d matching and %d in all reads as a phrase', (shown, matching, total, words) => {
  expect(countInWords(shown, matching, total)).toBe(words);
});
