import { expect, test } from 'bun:test';
import { codeIn } from '../../src/providers/text-code.ts';

test.each([
  ['Your code is 123456', '123456'],
  ['1234 is your code. Valid for 10 minutes.', '1234'],
  ['Call +15017122661: your code is 4711', '4711'],
  ['Order 12, code 0042', '0042'],
  ['Your code is 111111.\n\n@example.com #222222', '222222'],
  ['Your code is 111111.\n@example.com #222222 @iframe.example', '222222'],
  ['12345678901 is no code', undefined],
  ['No digits', undefined],
  ['', undefined],
])('the code in %j is %p', (text, code) => {
  expect(codeIn(text)).toBe(code);
});
