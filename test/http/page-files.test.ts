import { expect, test } from 'bun:test';
import { fileHandler } from '../../src/http/page-files.ts';

const request = new Request('http://localhost/');

test('requests at the same time read a file once', async () => {
  let reads = 0;
  const handler = fileHandler(async () => `read ${++reads}`, 'text/plain');
  const answers = await Promise.all(Array.from({ length: 10 }, () => handler({ request })));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(Array(10).fill('read 1'));
});

test('a file that could not be read is read for the next request', async () => {
  let reads = 0;
  const handler = fileHandler(async () => {
    if (++reads === 1) throw new Error('too many open files');
    return 'read';
  }, 'text/plain');
  await expect(handler({ request })).rejects.toThrow('too many open files');
  expect(await (await handler({ request })).text()).toBe('read');
});

test('a file whose content changes has another entity tag', async () => {
  const tagOf = async (text: string) => {
    const answer = await fileHandler(() => text, 'text/plain')({ request });
    return answer.headers.get('etag');
  };
  expect(await tagOf('one')).toBe(await tagOf('one'));
  expect(await tagOf('one')).not.toBe(await tagOf('two'));
});
