import { createService } from '../../src/service.ts';
import { channelOf } from '../support/channel.ts';

/**
 * A service in strict mode that delivers to nobody and limits no sends. Prints its address.
 *
 * Usage: bun timing-process.ts STORE KEY
 */
const [OTP_STORE = 'memory', OTP_API_KEYS = ''] = process.argv.slice(2);
const service = createService(
  {
    OTP_MODE: 'strict',
    HOST: '127.0.0.1',
    PORT: '0',
    OTP_STORE,
    OTP_API_KEYS,
    OTP_METRICS_KEYS: 'm'.repeat(32),
    OTP_PEPPER: 'a-pepper-for-tests',
    OTP_STORE_TIMEOUT: '900',
    OTP_RESEND_COOLDOWN: '0',
    OTP_SEND_LIMIT: '0',
  },
  // Logging costs what it costs in operation.
  { channels: [channelOf(async () => {})], write: (lines) => void lines.length },
);
console.log(await service.listen());
