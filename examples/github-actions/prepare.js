// Tests that share a service share its faults. Set them once, for users who match a pattern.
import { OtpService } from 'mock-otp-service/client';

const otp = new OtpService(process.env.OTP_URL ?? 'http://localhost:8080');
await otp.faults.set([{ on: 'request', user: 'unreachable-*', status: 503 }]);
