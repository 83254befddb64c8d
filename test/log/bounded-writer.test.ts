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
    let lost = 0;
    writer.write('line\n', () => lost++);
    expect(writer.idle).toBe(false);
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect([writer.idle, lost]).toEqual([true, 0]);
  });

  test('drops text beyond 8 MiB unread, until the reader makes room', async () => {
    const { stream, read } = slowStream();
    const writer = new BoundedWriter(stream);
    const mebibyte = 'x'.repeat(2 ** 20);
    let lost = 0;
    const write = () => writer.write(mebibyte, () => lost++);
    for (let i = 0; i < 12; i++) write();
    expect(lost).toBe(4);
    read();
    await new Promise((resolve) => setImmediate(resolve));
    write();
    expect(lost).toBe(4);
    write();
    expect(lost).toBe(5);
  });

  test('survives a reader that disappears, and reports each text that is lost with it', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const writer = new BoundedWriter(stream);
    let lost = 0;
    for (let i = 0; i < 3; i++) writer.write('line\n', () => lost++);
    await new Promise((resolve) => setImmediate(resolve));
    expect([writer.idle, lost]).toEqual([true, 3]);
  });
});
