import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseJson } from '../../src/http/json.ts';

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
        if (repeats) expect(() => parseJson(text)).toThrow('a key twice');
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
