import { describe, expect, test } from 'bun:test';
import { Log } from '../../src/log/log.ts';
import { ManualClock } from '../support/manual-clock.ts';

function logAt(level: 'debug' | 'info' | 'warn' | 'error') {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const written: string[] = [];
  const log = new Log(clock, level, (lines) => written.push(lines));
  return { clock, log, written };
}

describe('the log', () => {
  test('writes one JSON object a line, with time, level and message first', async () => {
    const { clock, log, written } = logAt('info');
    log.info('listening', { url: 'http://localhost' });
    await clock.settle();
    expect(written).toEqual([
      '{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"listening","url":"http://localhost"}\n',
    ]);
  });

  test('writes after the caller has gone on, and everything logged until then in one write', async () => {
    const { clock, log, written } = logAt('info');
    log.info('one');
    log.info('two');
    expect(written).toEqual([]);
    await clock.settle();
    expect(written.map((lines) => lines.split('\n').length - 1)).toEqual([2]);
  });

  test('keeps a line whole, whatever a field contains', async () => {
    const { clock, log, written } = logAt('info');
    const user = 'a\nb\r\u2028c\u2029d"}';
    log.info('x', { user });
    await clock.settle();
    const [line = ''] = written;
    expect(line.trimEnd()).not.toMatch(/[\n\r\u2028\u2029]/);
    expect(JSON.parse(line).user).toBe(user);
  });

  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('writes nothing below its level: %s', (level, kept) => {
    const { log, written } = logAt(level);
    log.debug('debug');
    log.info('info');
    log.warn('warn');
    log.error('error', new Error('broken'));
    log.flush();
    expect(written.join('').match(/(?<="message":")\w+/g)).toEqual([...kept]);
    expect((['debug', 'info', 'warn', 'error'] as const).filter((each) => log.isEnabled(each))).toEqual([
      ...kept,
    ]);
  });

  test('logs the stack of an error, and the text of anything else that was thrown', () => {
    const { log, written } = logAt('info');
    log.error('failed', new Error('broken'), { requestId: 'r-1' });
    log.error('failed', 'just a string');
    log.flush();
    const [first, second] = written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ level: 'error', message: 'failed', requestId: 'r-1' });
    expect(first.error).toContain('broken');
    expect(first.error).toContain('log.test.ts');
    expect(second.error).toBe('just a string');
  });

  test('writes a flushed line once', async () => {
    const { clock, log, written } = logAt('info');
    log.info('one');
    log.flush();
    log.flush();
    await clock.settle();
    expect(written).toHaveLength(1);
  });

  test('counts dropped lines, and says how many once it can write again', () => {
    const written: string[] = [];
    let room = false;
    const log = new Log(new ManualClock(), 'info', (lines, dropped) => {
      if (room) written.push(lines);
      else dropped();
    });
    for (let i = 0; i < 5; i++) {
      log.info('lost');
      if (i % 2 === 0) log.flush();
    }
    room = true;
    log.info('kept');
    log.flush();
    log.flush();
    const lines = written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ level: 'warn', count: 5 }, { message: 'kept' }]);
    expect(log.dropped).toBe(5);
  });

  test('keeps the count if there is room for a line but not for the warning with it', () => {
    const written: string[] = [];
    let room = 0;
    const log = new Log(new ManualClock(), 'info', (lines, dropped) => {
      if (lines.length > room) dropped();
      else written.push(lines);
    });
    for (const size of [0, 100, 0, 100, 10_000]) {
      room = size;
      log.info('a line');
      log.flush();
    }
    const lines = written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ level: 'warn', count: 4 }, { message: 'a line' }]);
  });

  test('counts lines that are found to be lost only after they were written, and the warning with them', () => {
    const outcomes: (() => void)[] = [];
    const written: string[] = [];
    const log = new Log(new ManualClock(), 'info', (lines, dropped) => {
      written.push(lines);
      outcomes.push(dropped);
    });
    for (let i = 0; i < 3; i++) {
      log.info('a line');
      log.flush();
      if (i < 2) outcomes[i]?.();
    }
    expect(log.dropped).toBe(2);
    expect(JSON.parse(written[2]?.split('\n')[0] ?? '')).toMatchObject({ level: 'warn', count: 2 });
  });
});
