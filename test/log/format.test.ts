import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { jsonLine, prettyLine } from '../../src/log/format.ts';

const entry = {
  time: Date.UTC(2026, 0, 1, 15, 4, 5, 123),
  level: 'info',
  message: 'otp.rejected',
  fields: { user: 'alice', count: 3, expiresAt: new Date(0), requestId: undefined },
} as const;
const plain = prettyLine(false);

describe('a JSON line', () => {
  test('is one object with time, level and message first', () => {
    expect(jsonLine(entry)).toBe(
      '{"time":"2026-01-01T15:04:05.123Z","level":"info","message":"otp.rejected","user":"alice","count":3,"expiresAt":"1970-01-01T00:00:00.000Z"}\n',
    );
  });
});

describe('the line of an event', () => {
  const { fields: _, ...head } = entry;
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a"b', 'a\\b', '\u2028\u2029', '\ud800', ''),
  );
  const word = fc.option(fc.constantFrom('wrong', 'mws4q1rfd2c6-c1'), { nil: undefined });
  const event = fc.record({
    id: fc.constant('mws4q1rfd2c6-e1'),
    user: text,
    purpose: text,
    otp: word,
    expiresAt: word,
    channel: word,
    reason: word,
    fault: word,
    requestId: word,
  });

  test.each([
    ['JSON', jsonLine],
    ['pretty', plain],
  ])('is that of any entry with the same fields, in %s', (_, format) => {
    fc.assert(
      fc.property(event, (event) => {
        expect(format({ ...head, event })).toBe(format({ ...head, fields: { ...event } }));
      }),
    );
  });
});

describe('a pretty line', () => {
  test('has the time of day, the level, and fields without the quotes of JSON', () => {
    expect(plain(entry)).toBe(
      '15:04:05.123 info  otp.rejected user=alice count=3 expiresAt=1970-01-01T00:00:00.000Z\n',
    );
  });

  test.each([
    ['alice', 'alice'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a=b', '"a=b"'],
    ['say "x"', '"say \\"x\\""'],
    ['наталья@пример.рф', 'наталья@пример.рф'],
    ['\u001b[2J', '"\\u001b[2J"'],
    ['\u009b2J', '"\\u{9b}2J"'],
    ['a\u202eb', '"a\\u{202e}b"'],
    ['a\u2028b\nc', '"a\\u{2028}b\\nc"'],
    ['\ud800', '"\\ud800"'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('shows %j unambiguously, and lets nothing move the cursor', (value, shown) => {
    expect(plain({ ...entry, fields: { value } })).toEndWith(` value=${shown}\n`);
  });

  test('has colours only on request, and the same text without them', () => {
    const coloured = prettyLine(true)(entry);
    expect(coloured).toContain('\u001b[');
    expect(Bun.stripANSI(coloured)).toBe(plain(entry));
    expect(plain(entry)).not.toContain('\u001b');
  });
});
