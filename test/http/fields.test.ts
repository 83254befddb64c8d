import { describe, expect, test } from 'bun:test';
import { Value } from '@sinclair/typebox/value';
import { moment, pattern } from '../../src/http/fields.ts';

describe('a pattern of users', () => {
  test.each(['a', '*', 'a*', '*a', '* ', '.*', `${'a'.repeat(256)}*`])('may be %j', (value) => {
    expect(Value.Check(pattern, value)).toBe(true);
  });

  test.each(['', '**', 'a*b', '*a*', 'a**', '**a', 'a'.repeat(257), 'a\n*', '\ud800*'])(
    'may not be %j',
    (value) => {
      expect(Value.Check(pattern, value)).toBe(false);
    },
  );
});

describe('a timestamp', () => {
  test.each([
    '2026-11-22T15:05:00Z',
    '2026-11-22T15:05Z',
    '2026-11-22T15:05:00.123456789+05:30',
    '2028-02-29T00:00:00Z',
  ])('may be %s', (value) => {
    expect(Value.Check(moment, value)).toBe(true);
  });

  test.each(['2026-11-31T00:00:00Z', '2026-02-29T00:00:00Z', '2026-11-22T25:00:00Z', '2026-11-22T15:05:00'])(
    'may not be %s: it has no such date or no offset',
    (value) => {
      expect(Value.Check(moment, value)).toBe(false);
    },
  );
});
