import { defineConfig } from '@playwright/test';

export default defineConfig({
  fullyParallel: true,
  use: {
    // Settings of each worker's service.
    otpSettings: { OTP_TTL: 60 },
    // A browser that is there already, instead of the one that `npx playwright install chromium` downloads.
    launchOptions: { executablePath: process.env.CHROMIUM },
  },
});
