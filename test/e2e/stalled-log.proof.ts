import { expect, test } from 'bun:test';
import { ownTime } from '../support/own-time.ts';
import { listening } from '../support/process.ts';

test('a log reader that stalls slows no request, and dropped lines are counted', async () => {
  using service = await listening({ OTP_MAX_ATTEMPTS: '0' });
  const { url, line } = service;
  const headers = { 'content-type': 'application/json' };
  const body = '{"user":"alice","code":"999999"}';
  const guess = () => fetch(`${url}/otp/verify`, { method: 'POST', headers, body });
  let answered = 0;
  let slowest = 0;
  while (answered < 80_000) {
    const before = ownTime();
    const answers = await Promise.all(Array.from({ length: 50 }, guess));
    slowest = Math.max(slowest, ownTime() - before);
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(404));
    answered += answers.length;
  }
  expect(slowest).toBeLessThan(1_000);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const dropped = Number(/^otp_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1]);
  expect(dropped).toBeGreaterThan(0);

  // The lines that are read and the lines that warnings count as dropped add up to every line there was.
  const seen = { lines: 0, dropped: 0 };
  const read = async () => {
    const next = await line();
    if (next === undefined) throw new Error(`the log ended after ${JSON.stringify(seen)}`);
    if (next['message'] === 'otp.rejected') seen.lines++;
    if (next['level'] === 'warn') seen.dropped += Number(next['count']);
  };
  while (seen.lines < answered - dropped) await read();
  // The last warnings come with the next line that fits.
  await guess();
  while (seen.dropped < dropped) await read();
  expect(seen.dropped).toBe(dropped);
}, 300_000);
