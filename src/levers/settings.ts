import { Type } from '@sinclair/typebox';
import { type Conflicts, type CoreSettings, type SettingsOf, whole } from '../core/settings.ts';
import type { HttpSettings } from '../http/settings.ts';

/** What only mock mode has. */
export const leverSettings = {
  OTP_SEED: Type.String({
    default: '',
    description:
      'Mock mode: makes codes repeat from run to run. Each user has a sequence that depends on this text',
  }),
  OTP_ALLOW_MOCK_IN_PRODUCTION: whole(0, 1, 0, '1 allows mock mode with `NODE_ENV=production`'),
};

/** The settings that the levers use: their own and a few of the features below. */
export type LeverSettings = SettingsOf<typeof leverSettings> &
  Pick<CoreSettings, 'OTP_LENGTH'> &
  Pick<HttpSettings, 'OTP_API_KEYS'>;

/** What is wrong with settings that are each valid. @param nodeEnv the value of `NODE_ENV` */
export function* leverConflicts(
  settings: Partial<LeverSettings & CoreSettings>,
  nodeEnv?: string,
): Conflicts {
  const { OTP_MODE: mode, OTP_SEED: seed, OTP_ALLOW_MOCK_IN_PRODUCTION: allowed } = settings;
  if (mode === 'strict' && seed !== '')
    yield 'OTP_SEED must not be set in strict mode: anyone who knows it can predict every code';
  if (mode === 'mock' && nodeEnv === 'production' && allowed === 0)
    yield 'mock mode returns codes to callers, and NODE_ENV is production: set OTP_MODE=strict, or OTP_ALLOW_MOCK_IN_PRODUCTION=1 to run it anyway';
}
