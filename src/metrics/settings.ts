import { keys } from '../http/settings.ts';

/** Who may read the metrics. */
export const metricsSettings = {
  OTP_METRICS_KEYS: keys(
    'Keys for `/metrics`, in the same form. They open nothing else, and no API key opens it',
  ),
};
