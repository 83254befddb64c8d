import type { Conflicts, CoreSettings, SettingsOf } from '../core/settings.ts';
import { type HttpSettings, keys } from '../http/settings.ts';

/** Who may read the metrics. */
export const metricsSettings = {
  OTP_METRICS_KEYS: keys(
    'Keys for `/metrics`, in the same form; strict mode requires one. They open nothing else, and no API key opens it',
  ),
};

type MetricsSettings = SettingsOf<typeof metricsSettings>;

/** The metrics count every guess by its true result, so they reveal what the answers of strict mode hide. */
export function* metricsConflicts({
  OTP_MODE,
  OTP_METRICS_KEYS,
  OTP_API_KEYS,
}: Partial<MetricsSettings & HttpSettings & CoreSettings>): Conflicts {
  if (OTP_MODE === 'strict' && OTP_METRICS_KEYS?.length === 0)
    yield 'OTP_METRICS_KEYS must be set in strict mode: the metrics reveal which users have a code';
  if (OTP_METRICS_KEYS?.some((key) => OTP_API_KEYS?.includes(key)))
    yield 'OTP_METRICS_KEYS must not have a key of OTP_API_KEYS: each opens one thing alone';
}
