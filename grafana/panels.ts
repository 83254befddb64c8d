/** What a panel shows: its queries, each with the legend of its lines. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

/** Rate over what Grafana finds fitting for the width of the panel and the interval of the scrapes. */
const rate = (series: string) => `rate(${series}[$__rate_interval])`;

const quantile = (share: number, histogram: string, by = '', selector = '') =>
  `histogram_quantile(${share}, sum by (${by === '' ? 'le' : `${by}, le`}) (${rate(`${histogram}_bucket${selector}`)}))`;

const OTP_ROUTES = '{route=~"/otp/.+"}';

/** One number each, for a glance. */
export const GLANCE: readonly PanelSpec[] = [
  {
    title: 'Ready instances',
    description: 'Instances that take requests now.',
    unit: 'none',
    queries: [['sum(otp_ready)', 'ready']],
  },
  {
    title: 'Live codes now',
    description: 'Codes that can be verified now. Each replica counts all in the store that it shares.',
    unit: 'short',
    queries: [['max(otp_live)', 'live']],
  },
  {
    title: 'Codes asked for',
    description: 'Codes made, a second.',
    unit: 'reqps',
    queries: [[`sum(${rate('otp_requested_total')})`, 'requested']],
  },
  {
    title: 'Verified of those asked for',
    description: 'A low share over a long time looks like SMS pumping, or like a delivery that fails.',
    unit: 'percentunit',
    queries: [
      [
        `sum(${rate('otp_verifications_total{result="verified"}')}) / sum(${rate('otp_requested_total')})`,
        'verified',
      ],
    ],
  },
  {
    title: 'Rejected',
    description: 'Verifications that were turned down, a second: above 1 they are guessing.',
    unit: 'reqps',
    queries: [[`sum(${rate('otp_verifications_total{result!="verified"}')})`, 'rejected']],
  },
  {
    title: 'Locks in the last hour',
    description: 'Locks that closed after too many wrong codes in a row.',
    unit: 'short',
    queries: [['sum(increase(otp_locked_total[1h]))', 'locks']],
  },
];

/** Lines over time, by the row that they stand in. */
export const ROWS: Readonly<Record<string, readonly PanelSpec[]>> = {
  Codes: [
    {
      title: 'What becomes of codes',
      description: 'Codes made, and their ends.',
      unit: 'reqps',
      queries: [
        [`sum(${rate('otp_requested_total')})`, 'requested'],
        [`sum(${rate('otp_verifications_total{result="verified"}')})`, 'verified'],
        [`sum(${rate('otp_expired_total')})`, 'expired'],
        [`sum(${rate('otp_replaced_total')})`, 'replaced'],
        [`sum(${rate('otp_cancelled_total')})`, 'cancelled'],
      ],
    },
    {
      title: 'Verifications by result',
      description: 'The true result, also where strict mode tells the caller less.',
      unit: 'reqps',
      queries: [[`sum by (result) (${rate('otp_verifications_total')})`, '{{result}}']],
    },
    {
      title: 'Deliveries by result',
      description:
        'Messages a second; those that ended were not sent because their code was no good any more.',
      unit: 'reqps',
      queries: [[`sum by (channel, result) (${rate('otp_deliveries_total')})`, '{{channel}} {{result}}']],
    },
    {
      title: 'Live codes',
      description: 'Codes that can be verified.',
      unit: 'short',
      queries: [['otp_live', '{{instance}}']],
    },
    {
      title: 'Locks',
      description: 'Locks that closed, a second.',
      unit: 'reqps',
      queries: [[`sum(${rate('otp_locked_total')})`, 'locks']],
    },
  ],
  Requests: [
    {
      title: 'Requests by route',
      description: 'Requests a second, by the pattern of the route.',
      unit: 'reqps',
      queries: [[`sum by (route) (${rate('http_request_duration_seconds_count')})`, '{{route}}']],
    },
    {
      title: 'Requests for codes by status',
      description: 'Requests a second to /otp/*, by the status of their answer.',
      unit: 'reqps',
      queries: [
        [`sum by (status) (${rate(`http_request_duration_seconds_count${OTP_ROUTES}`)})`, '{{status}}'],
      ],
    },
    {
      title: 'Requests: p50 and p99',
      description: 'Time from the head of a request to /otp/* to its answer.',
      unit: 's',
      queries: [
        [quantile(0.5, 'http_request_duration_seconds', '', OTP_ROUTES), 'p50'],
        [quantile(0.99, 'http_request_duration_seconds', '', OTP_ROUTES), 'p99'],
      ],
    },
  ],
  'Store and wheel': [
    {
      title: 'Store: p99',
      description: 'Time until the store answers, by operation.',
      unit: 's',
      queries: [[quantile(0.99, 'otp_store_duration_seconds', 'operation'), '{{operation}}']],
    },
    {
      title: 'Store: errors',
      description: 'Operations in which the store failed, a second.',
      unit: 'reqps',
      queries: [[`sum by (operation) (${rate('otp_store_errors_total')})`, '{{operation}}']],
    },
    {
      title: 'Expiry lag: p99',
      description: 'From the end of a code to its announcement: up to a second is the ticker.',
      unit: 's',
      queries: [[quantile(0.99, 'otp_expiry_lag_seconds'), 'p99']],
    },
    {
      title: 'Wheel: a tick',
      description: 'How long a tick takes to expire all that is due.',
      unit: 's',
      queries: [[quantile(0.99, 'otp_wheel_tick_duration_seconds'), 'p99']],
    },
  ],
  Process: [
    {
      title: 'Processor',
      description: 'Seconds of processor time a second: 1 is a whole core.',
      unit: 'none',
      queries: [
        [`${rate('process_cpu_seconds_total')} and on (job, instance) otp_build_info`, '{{instance}}'],
      ],
    },
    {
      title: 'Memory',
      description: 'Resident memory.',
      unit: 'bytes',
      queries: [['process_resident_memory_bytes and on (job, instance) otp_build_info', '{{instance}}']],
    },
    {
      title: 'Event loop',
      description: 'How late the event loop is, p99 since the scrape before.',
      unit: 's',
      queries: [['nodejs_eventloop_lag_p99_seconds and on (job, instance) otp_build_info', '{{instance}}']],
    },
    {
      title: 'Lines of the log dropped',
      description: 'Lines a second that were dropped because nobody read them in time.',
      unit: 'cps',
      queries: [[`sum(${rate('otp_log_lines_dropped_total')})`, 'dropped']],
    },
  ],
};
