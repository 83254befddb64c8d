import { expect, test } from 'bun:test';
import { EventStreamParser, type Frame } from '../../src/page/model/event-stream.ts';

const STREAM =
  'retry: 1000\n\n: a heartbeat\n\nid: e1\nevent: otp.requested\ndata: {"user":"a"}\n\nevent: missed\ndata: {}\n\n';
const FRAMES: Frame[] = [
  { id: 'e1', event: 'otp.requested', data: '{"user":"a"}' },
  { event: 'missed', data: '{}' },
];

function parsed(...pieces: string[]): Frame[] {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

test('a stream yields its messages, and nothing for comments and messages without data', () => {
  expect(parsed(STREAM)).toEqual(FRAMES);
});

test.each(['\n', '\r\n', '\r'])('lines may end in %j', (end) => {
  // A line that ends in a lone CR is complete only when the next character arrives.
  expect(parsed(`${STREAM.replaceAll('\n', end)}:`)).toEqual(FRAMES);
});

test.each(['\n', '\r\n'])('a stream with line ends of %j reads the same wherever it is cut', (end) => {
  const text = STREAM.replaceAll('\n', end);
  for (let cut = 0; cut <= text.length; cut++)
    expect(parsed(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(FRAMES);
  expect(parsed(...text)).toEqual(FRAMES);
});

test('data on several lines is joined, and only one space after the colon is dropped', () => {
  expect(parsed('data: a\ndata:b\ndata:  c\ndata\n\n')).toEqual([{ event: 'message', data: 'a\nb\n c\n' }]);
});

test('an unfinished message waits for its blank line', () => {
  const parser = new EventStreamParser();
  expect(parser.push('data: a\n')).toEqual([]);
  expect(parser.push('\n')).toEqual([{ event: 'message', data: 'a' }]);
});
