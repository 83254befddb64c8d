import { test as base } from '@playwright/test';
import { type StartedOtpService, type StartOptions, startOtpService } from './start.ts';

/** What lives as long as a worker of Playwright Test. */
export interface OtpWorkerFixtures {
  /** Settings of the service, such as `{ OTP_TTL: 60 }`. Set them in the configuration's `use`, or with `test.use`. */
  otpSettings: NonNullable<StartOptions['settings']>;
  /** The worker's own service. Workers share nothing, so a test may move the clock and set faults. */
  otp: StartedOtpService;
}

/** What runs for each test. */
export interface OtpTestFixtures {
  /** Resets the service before each test: codes, messages, clock, faults and fixed codes. */
  otpReset: undefined;
}

/** Playwright's `test`, with a service for each worker. */
export const test = base.extend<OtpTestFixtures, OtpWorkerFixtures>({
  otpSettings: [{}, { option: true, scope: 'worker' }],
  otp: [
    async ({ otpSettings }, use) => {
      const otp = await startOtpService({ settings: otpSettings });
      await use(otp);
      await otp.stop();
    },
    { scope: 'worker' },
  ],
  otpReset: [
    async ({ otp }, use) => {
      await otp.reset();
      await use(undefined);
    },
    { auto: true },
  ],
});
