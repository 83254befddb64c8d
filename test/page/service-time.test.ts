import { describe, expect, test } from 'bun:test';
import { clockFace, offsetInWords, ServiceTime } from '../../src/page/model/service-time.ts';

const START = Date.UTC(2026, 0, 1);
const state = (ms: number, offset = 0, frozen = false) => ({
  now: new Date(START + ms).toISOString(),
  offset,
  frozen,
});

describe('service time in the browser', () => {
  test('service time flows from the last report of the service', () => {
    const time = new ServiceTime(START, 0);
    expect(time.now(1_500)).toBe(START + 1_500);
    expect(time.adopt(state(61_500, 60), 1_500)).toBe(60_000);
    expect(time.now(2_000)).toBe(START + 62_000);
    expect(time.offset(2_000)).toBe(60);
  });

  test('a slightly late report does not move service time', () => {
    const time = new ServiceTime(START, 0);
    expect(time.adopt(state(900), 1_000)).toBe(0);
    expect(time.now(1_000)).toBe(START + 1_000);
  });

  test('frozen service time stands still and falls behind real time', () => {
    const time = new ServiceTime(START, 0);
    time.adopt(state(1_000, 10, true), 1_000);
    expect(time.frozen).toBe(true);
    expect(time.now(5_000)).toBe(START + 1_000);
    expect(time.offset(5_000)).toBe(6);
    time.adopt(state(1_000, 6), 5_000);
    expect(time.now(6_000)).toBe(START + 2_000);
    expect(time.offset(6_000)).toBe(6);
  });

  test('service time goes back when the service reports it', () => {
    const time = new ServiceTime(START, 0);
    time.adopt(state(3_600_000, 3_600), 0);
    expect(time.adopt(state(0), 0)).toBe(-3_600_000);
    expect(time.now(0)).toBe(START);
  });
});

test.each([
  [0, 'same as real time'],
  [0.3, 'same as real time'],
  [30, '30 s ahead of real time'],
  [3_630, '1 h 30 s ahead of real time'],
  [90_061, '1 d 1 h ahead of real time'],
  [-61, '1 min 1 s behind real time'],
])('an offset of %d s reads "%s"', (seconds, words) => {
  expect(offsetInWords(seconds)).toBe(words);
});

test('the clock shows 24 hours and a date', () => {
  const { time, date } = clockFace(new Date(2026, 10, 22, 0, 5, 9).getTime());
  expect(time).toBe('00:05:09');
  expect(date).toBe('Sun, 22 Nov 2026');
});
