import type { Fault, FixedCode } from '../model/wire.ts';
import { faultInWords } from '../model/words.ts';
import type { Api } from './api.ts';
import { byId, fieldValue, optionalNumber, optionalText } from './dom.ts';
import { RuleList } from './rule-list.ts';

/** The list of injected faults. */
export function faultList(api: Api): RuleList<Fault> {
  return new RuleList<Fault>(api, {
    path: '/mock/faults',
    name: 'faults',
    form: 'fault-form',
    inWords: faultInWords,
    read: () => ({
      on: byId('fault-on', HTMLSelectElement).value,
      ...optionalText('user', 'fault-user'),
      ...optionalNumber('times', 'fault-times'),
      ...optionalNumber('delayMs', 'fault-delay'),
      ...(byId('fault-drop', HTMLInputElement).checked
        ? { drop: true }
        : optionalNumber('status', 'fault-status')),
    }),
  });
}

/** The list of fixed codes. */
export function fixedCodeList(api: Api): RuleList<FixedCode> {
  return new RuleList<FixedCode>(api, {
    path: '/mock/codes',
    name: 'fixed',
    form: 'fixed-form',
    inWords: ({ user, code }) => `${user}: ${code}`,
    read: () => ({ user: fieldValue('fixed-user'), code: fieldValue('fixed-code') }),
  });
}
