import { type Static, Type } from '@sinclair/typebox';
import type { CodeSource } from '../../core/otp-service.ts';
import { closed, digits, pattern } from '../../http/fields.ts';
import { type List, matches } from '../list/list.ts';

export const FixedCodeList = Type.Array(
  Type.Object(
    { user: pattern, code: Type.String({ ...digits, description: 'The code of these users' }) },
    closed,
  ),
  {
    description: 'The fixed codes as they stand.',
    error: 'must be a JSON array',
    examples: [[{ user: 'test-*', code: '123456' }]],
  },
);

/** The code of all users who match a pattern. */
export type FixedCode = Static<typeof FixedCodeList>[number];

/**
 * Codes that a test knows in advance. The first entry that matches a user gives the code. Such users are exempt from
 * cooldown, send limit and lock.
 *
 * @param drawOther draws the codes of users who match no entry
 */
export function fixedCodes(list: List<FixedCode>, drawOther: CodeSource['draw']): CodeSource {
  const find = (user: string) => list.entries.find((fixed) => matches(fixed.user, user));
  return {
    draw: async (key, length) => find(key.user)?.code ?? drawOther(key, length),
    isExempt: (user) => find(user) !== undefined,
  };
}
