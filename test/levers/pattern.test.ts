import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { matches } from '../../src/levers/list/list.ts';

describe('a pattern', () => {
  test.each([
    ['alice', 'alice', true],
    ['alice', 'alice2', false],
    ['alice', 'Alice', false],
    ['+1555*', '+15551234', true],
    ['+1555*', '+1555', true],
    ['+1555*', '+15', false],
    ['*@example.com', 'a@example.com', true],
    ['*@example.com', 'a@example.com.evil', false],
    ['*', 'anybody', true],
    ['a.c', 'abc', false],
  ])('%j and the user %j: %p', (pattern, user, expected) => {
    expect(matches(pattern, user)).toBe(expected);
  });

  test('with a star matches all users that begin or end like it, and no others', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (part, user) => {
        fc.pre(!part.includes('*'));
        expect(matches(`${part}*`, user)).toBe(user.slice(0, part.length) === part);
        expect(matches(`*${part}`, user)).toBe(part === '' || user.slice(-part.length) === part);
      }),
    );
  });
});
