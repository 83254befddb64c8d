import { describe, expect, test } from 'bun:test';
import { Registry } from 'prom-client';
import { DeliveryFailure } from '../../src/delivery/channel.ts';
import { otpMetrics } from '../../src/metrics/otp-metrics.ts';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { startCore } from '../support/core.ts';
import { samplesOf } from './samples.ts';

const ask = { purpose: 'default', ttlMs: 5_000 };

/** The core with metrics. */
function measured() {
  const core = startCore();
  const registry = new Registry();
  const tell = otpMetrics(registry);
  core.bus.subscribe(tell);
  return { ...core, tell, samples: async () => samplesOf(await registry.metrics()) };
}

describe('the metrics of events', () => {
  test('count each event', async () => {
    const { post, send } = testService();
    const alice = { user: 'alice' };
    for (let i = 0; i < 3; i++) await post('/otp/request', { ...alice, code: '111111' });
    await post('/otp/verify', { ...alice, code: '999999' });
    await post('/otp/verify', { ...alice, code: '111111' });
    await post('/otp/verify', { ...alice, code: '111111' });
    await post('/otp/request', alice);
    await post('/otp/cancel', alice);
    await post('/otp/request', { user: 'bob', code: '111111' });
    for (let i = 0; i < 7; i++) await post('/otp/verify', { user: 'bob', code: '999999' });
    expect(samplesOf((await send('/metrics')).text)).toMatchObject({
      otp_requested_total: 5,
      otp_replaced_total: 2,
      otp_cancelled_total: 1,
      otp_expired_total: 0,
      otp_locked_total: 1,
      'otp_verifications_total{result="verified"}': 1,
      'otp_verifications_total{result="wrong"}': 6,
      'otp_verifications_total{result="none"}': 1,
      'otp_verifications_total{result="expired"}': 0,
      'otp_verifications_total{result="locked"}': 2,
    });
  });

  test('count the true result of a verification, even if strict mode hides it from the caller', async () => {
    const key = 'k'.repeat(32);
    const headers = { authorization: `Bearer ${key}` };
    const { post, send, clock } = testService(
      { OTP_MODE: 'strict', OTP_API_KEYS: key, OTP_METRICS_KEYS: 'm'.repeat(32) },
      [channelOf(async () => {})],
    );
    await post('/otp/request', { user: 'alice', ttl: 1 }, headers);
    clock.set(clock.now() + 1_000);
    const answers = await Promise.all(
      ['alice', 'nobody'].map((user) => post('/otp/verify', { user, code: '1234567890' }, headers)),
    );
    expect(answers[0]?.text).toBe(answers[1]?.text ?? '');
    // Once the caller is answered.
    await clock.advance(5);
    const { text } = await send('/metrics', { headers: { authorization: `Bearer ${'m'.repeat(32)}` } });
    expect(samplesOf(text)).toMatchObject({
      'otp_verifications_total{result="expired"}': 1,
      'otp_verifications_total{result="none"}': 1,
      'otp_verifications_total{result="wrong"}': 0,
    });
  });

  test('count messages by channel and result, and separately those whose code had ended', async () => {
    const fails = channelOf(async () => {
      throw new DeliveryFailure('refused');
    }, 'sms');
    const { post, send, clock } = testService({}, [channelOf(async () => {}, 'email'), fails]);
    await post('/otp/request', { user: 'alice@example.com', channel: 'email' });
    await post('/otp/request', { user: '+15005550006', channel: 'sms' });
    await post('/mock/faults', [{ on: 'delivery', delayMs: 60_000 }], {}, 'PUT');
    await post('/otp/request', { user: 'bob@example.com', channel: 'email' });
    await post('/otp/cancel', { user: 'bob@example.com' });
    await clock.settle();
    expect(samplesOf((await send('/metrics')).text)).toMatchObject({
      'otp_deliveries_total{channel="email",result="delivered"}': 1,
      'otp_deliveries_total{channel="email",result="failed"}': 0,
      'otp_deliveries_total{channel="email",result="ended"}': 1,
      'otp_deliveries_total{channel="sms",result="failed"}': 1,
      'otp_deliveries_total{channel="webhook",result="delivered"}': 0,
    });
  });

  test('count a message as failed if its code expires before it is delivered, so that a dead provider shows', async () => {
    const hangs = channelOf(() => new Promise(() => {}), 'email');
    const { post, send, clock } = testService({}, [hangs]);
    for (let i = 0; i < 20; i++)
      await post('/otp/request', { user: `user-${i}@example.com`, channel: 'email', ttl: 60 });
    await clock.settle();
    await post('/mock/clock', { advance: 60 });
    await clock.advance(11_000);
    expect(samplesOf((await send('/metrics')).text)).toMatchObject({
      'otp_deliveries_total{channel="email",result="failed"}': 20,
      'otp_deliveries_total{channel="email",result="ended"}': 0,
    });
  });

  test('measure how long after its deadline a code is announced', async () => {
    const { clock, issue, samples } = measured();
    clock.set(clock.now() + 300);
    await issue({ user: 'alice', ...ask });
    await clock.advance(7_000);
    expect(await samples()).toMatchObject({
      otp_expired_total: 1,
      otp_expiry_lag_seconds_count: 1,
      otp_expiry_lag_seconds_sum: 0.7,
    });
  });

  test('measure the lag from a clock move if that passed the deadline', async () => {
    const { clock, issue, tell, samples } = measured();
    await issue({ user: 'alice', ...ask });
    clock.set(clock.now() + 3_600_000);
    tell({
      type: 'mock.clock',
      id: 'e',
      time: clock.now(),
      now: clock.now(),
      offset: 3_600_000,
      frozen: false,
    });
    await clock.leap(2_000);
    expect(await samples()).toMatchObject({ otp_expiry_lag_seconds_count: 1, otp_expiry_lag_seconds_sum: 2 });
  });

  test('measure each tick, even an idle one', async () => {
    const { clock, tell, samples } = measured();
    await clock.advance(3_000);
    tell({ type: 'wheel.ticked', id: 'e', time: clock.now(), expired: 1, durationMs: 250 });
    expect(await samples()).toMatchObject({
      otp_wheel_tick_duration_seconds_count: 4,
      otp_wheel_tick_duration_seconds_sum: 0.25,
    });
  });

  test('exist at 0 before the first event, so that no rate misses it', async () => {
    const { samples } = measured();
    const values = Object.entries(await samples()).filter(([name]) => name.includes('_total'));
    expect(values).toHaveLength(10);
    expect(values.filter(([, value]) => value !== 0)).toEqual([]);
  });
});
