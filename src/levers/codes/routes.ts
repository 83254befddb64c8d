import type { List } from '../list/list.ts';
import { listRoutes } from '../list/routes.ts';
import { type FixedCode, FixedCodeList } from './fixed-codes.ts';

/** `/mock/codes`: codes that a test knows in advance. */
export function codeRoutes(list: List<FixedCode>) {
  return listRoutes({
    prefix: '/codes',
    name: 'fixed codes',
    description:
      'The first entry that matches a user gives the code. Such users are exempt from cooldown, send limit and lock.',
    schema: FixedCodeList,
    list,
  });
}
