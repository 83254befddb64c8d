import { describe, expect, test } from 'bun:test';
import { Writable } from 'node:stream';
import { BoundedWriter } from '../../src/log/bounded-writer.ts';

/** A stream whose reader takes one chunk for each `read`. */
function slowStream() {
  const held: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void held.push(done),
  });
  return { stream, read: () => held.shift()?.() };
}

describe('a bounded writer', () => {
  test('is idle once the reader has everything', async () => {
    const { stream, read } = slowStream();
    const writer = new BoundedWriter(stream);
    expect(writer.idle).toBe(true);
    expect(writer.write('line\n')).toBe(true);
    expect(writer.idle).toBe(false);
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(writer.idle).toBe(true);
  });

  test('rejects text beyond 8 MiB unread, until the reader makes room', async () => {
    const { stream, read } = slowStream();
    const writer = new BoundedWriter(stream);
    const mebibyte = 'x'.repeat(2 ** 20);
    const accepted = Array.from({ length: 12 }, () => writer.write(mebibyte));
    expect(accepted.filter(Boolean)).toHaveLength(8);
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(writer.write(mebibyte)).toBe(true);
    expect(writer.write(mebibyte)).toBe(false);
  });

  test('survives a reader that disappears', () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    expect(new BoundedWriter(stream).write('line\n')).toBe(true);
  });
});
