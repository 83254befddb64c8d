import { oneOf, type SettingsOf } from '../core/settings.ts';

/** What the log shows, and how. */
export const logSettings = {
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], 'info', 'Lowest level that is logged'),
  LOG_FORMAT: oneOf(
    ['json', 'pretty'],
    'json',
    '`json` for machines, `pretty` for people; on a terminal the default is `pretty`',
  ),
};

export type LogSettings = SettingsOf<typeof logSettings>;
