import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseJson } from '../../src/http/json.ts';
import { whereJsonEnds } from '../../src/http/where-json-ends.ts';

/** A JSON value as it is written: an object is a list of members, which may have equal keys. */
type Written = null | boolean | number | string | { list: Written[] } | { members: Member[] };
interface Member {
  key: string;
  value: Written;
  /** Whether the key's characters are written as escapes. */
  escaped: boolean;
}

const string = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab:"\\{}[],é😀\n\u0000 ') }),
  fc.constantFrom('a', '__proto__', 'toString', '1', ''),
);
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), string),
    fc.record({ list: fc.array(tie('written'), { maxLength: 4 }) }),
    fc.record({
      members: fc.array(fc.record({ key: string, value: tie('written'), escaped: fc.boolean() }), {
        maxLength: 4,
      }),
    }),
  ),
}));

/** The text of a value, with this blank between its parts. */
function textOf(value: Written, blank: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('list' in value) return `[${blank}${value.list.map((it) => textOf(it, blank)).join(`${blank},`)}]`;
  const members = value.members.map((member) => {
    const key = member.escaped ? `"${asEscapes(member.key)}"` : JSON.stringify(member.key);
    return `${blank}${key}${blank}:${blank}${textOf(member.value, blank)}`;
  });
  return `{${members.join(',')}${blank}}`;
}

function asEscapes(key: string): string {
  return key
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** The slow way: compares every key with every other of its object. */
function repeatsKey(value: Written): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('list' in value) return value.list.some(repeatsKey);
  return (
    value.members.some(({ key }, i) => value.members.findIndex((other) => other.key === key) !== i) ||
    value.members.some((member) => repeatsKey(member.value))
  );
}

describe('parseJson', () => {
  test('any JSON is refused if an object has a key twice, and otherwise gives what JSON.parse gives', () => {
    const seen = { refused: 0, accepted: 0 };
    fc.assert(
      fc.property(written, fc.constantFrom('', ' ', '\n\t'), (value, blank) => {
        const text = textOf(value, blank);
        const repeats = repeatsKey(value);
        seen[repeats ? 'refused' : 'accepted']++;
        if (repeats) expect(() => parseJson(text)).toThrow('has an object with a key twice');
        else expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
    expect(seen.refused).toBeGreaterThan(100);
    expect(seen.accepted).toBeGreaterThan(100);
  });

  test('JSON as deep as a body can be is parsed', () => {
    const [lists, objects] = [8_192, 2_730];
    expect(() => parseJson('['.repeat(lists) + ']'.repeat(lists))).not.toThrow();
    expect(() => parseJson(`${'{"a":'.repeat(objects)}1${'}'.repeat(objects)}`)).not.toThrow();
  });
});

describe('the place where a text stops being JSON', () => {
  test('is found in exactly the texts that JSON.parse refuses', () => {
    const seen = { json: 0, broken: 0 };
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const cut = fc.record({
      at: fc.nat(60),
      drop: fc.nat(2),
      put: fc.constantFrom(...'{}[]:,"\\01.e-tu \n', ''),
    });
    fc.assert(
      fc.property(written, cut, (value, { at, drop, put }) => {
        const whole = textOf(value, ' ');
        const text = whole.slice(0, at) + put + whole.slice(at + drop);
        const end = whereJsonEnds(text);
        seen[end === undefined ? 'json' : 'broken']++;
        expect(end === undefined, text).toBe(isJson(text));
        // Up to there it is JSON, or may become JSON.
        if (end !== undefined) expect([undefined, end]).toContain(whereJsonEnds(text.slice(0, end)));
      }),
      { numRuns: 5_000 },
    );
    expect(seen.json).toBeGreaterThan(500);
    expect(seen.broken).toBeGreaterThan(500);
  });

  test.each([
    ['{user:"alice"}', 1],
    ["{'user':'alice'}", 1],
    ['{"user" "alice"}', 8],
    ['{"user":"alice",}', 16],
    ['{"user":"alice"} x', 17],
    ['{"user":"alice","ttl":060}', 23],
    ['{"user":"al\nice"}', 8],
    [`{"user":"${'a'.repeat(16_000)}`, 8],
    ['{"user":"alice"', 15],
    ['[[1, 2], [3, 4', 14],
    ['{"a":1,"a":2}', undefined],
  ])('is the first word that cannot stand there: %j', (text, offset) => {
    expect(whereJsonEnds(text)).toBe(offset);
  });
});
