/** A panel: its queries, each with the legend of its lines. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** The unit, by Grafana's name for it. */
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

/** A metric in the namespaces that the viewer picks. @param labels a further condition */
const metric = (name: string, labels = '') =>
  `${name}{namespace=~"$namespace"${labels === '' ? '' : `, ${labels}`}}`;

/** Rate over the window that Grafana derives from the panel's width and the scrape interval. */
const rate = (name: string, labels?: string) => `rate(${metric(name, labels)}[$__rate_interval])`;

const quantile = (share: number, histogram: string, by = '', labels = '') =>
  `histogram_quantile(${share}, sum by (${by === '' ? 'le' : `${by}, le`}) (${rate(`${histogram}_bucket`, labels)}))`;

/** A metric that other services have too. */
const own = (series: string) => `${series} and on (namespace, job, instance) ${metric('otp_build_info')}`;

const OTP_ROUTES = 'route=~"/otp/.+"';

/** Single numbers, across the top. */
export const GLANCE: readonly PanelSpec[] = [
  {
    title: 'Ready instances',
    description: 'Instances that accept requests now.',
    unit: 'none',
    queries: [[`sum(${metric('otp_ready')})`, 'ready']],
  },
  {
    title: 'Live codes now',
    description: 'Codes that can be verified now. With a shared store, each replica counts all of them.',
    unit: 'short',
    queries: [[`sum(max by (namespace, job) (${metric('otp_live')}))`, 'live']],
  },
  {
    title: 'Codes issued',
    description: 'Codes issued per second.',
    unit: 'reqps',
    queries: [[`sum(${rate('otp_requested_total')})`, 'requested']],
  },
  {
    title: 'Verified share',
    description: 'Codes verified per code issued. If it stays low, suspect SMS pumping or failing delivery.',
    unit: 'percentunit',
    queries: [
      [
        `sum(${rate('otp_verifications_total', 'result="verified"')}) / sum(${rate('otp_requested_total')})`,
        'verified',
      ],
    ],
  },
  {
    title: 'Rejected',
    description: 'Verifications rejected per second. Above 1, someone is guessing.',
    unit: 'reqps',
    queries: [[`sum(${rate('otp_verifications_total', 'result!="verified"')})`, 'rejected']],
  },
  {
    title: 'Lockouts in the last hour',
    description: 'Lockouts after too many wrong codes in a row.',
    unit: 'short',
    queries: [[`sum(increase(${metric('otp_locked_total')}[1h]))`, 'locks']],
  },
];

/** Lines over time, by row. */
export const ROWS: Readonly<Record<string, readonly PanelSpec[]>> = {
  Codes: [
    {
      title: 'Codes by outcome',
      description: 'Codes issued per second, and how they ended.',
      unit: 'reqps',
      queries: [
        [`sum(${rate('otp_requested_total')})`, 'requested'],
        [`sum(${rate('otp_verifications_total', 'result="verified"')})`, 'verified'],
        [`sum(${rate('otp_expired_total')})`, 'expired'],
        [`sum(${rate('otp_replaced_total')})`, 'replaced'],
        [`sum(${rate('otp_cancelled_total')})`, 'cancelled'],
      ],
    },
    {
      title: 'Verifications by result',
      description: 'Per second, by true result, even where strict mode tells the caller less.',
      unit: 'reqps',
      queries: [[`sum by (result) (${rate('otp_verifications_total')})`, '{{result}}']],
    },
    {
      title: 'Deliveries by result',
      description: 'Messages per second. Ended: not sent, because the code was no longer valid.',
      unit: 'reqps',
      queries: [[`sum by (channel, result) (${rate('otp_deliveries_total')})`, '{{channel}} {{result}}']],
    },
    {
      title: 'Live codes',
      description: 'Codes that can be verified now, by instance.',
      unit: 'short',
      queries: [[metric('otp_live'), '{{instance}}']],
    },
    {
      title: 'Lockouts',
      description: 'Lockouts per second.',
      unit: 'reqps',
      queries: [[`sum(${rate('otp_locked_total')})`, 'locks']],
    },
  ],
  Requests: [
    {
      title: 'Requests by route',
      description: 'Requests per second, by route pattern.',
      unit: 'reqps',
      queries: [[`sum by (route) (${rate('http_request_duration_seconds_count')})`, '{{route}}']],
    },
    {
      title: 'Requests for codes by status',
      description: 'Requests per second to /otp/*, by status.',
      unit: 'reqps',
      queries: [
        [`sum by (status) (${rate('http_request_duration_seconds_count', OTP_ROUTES)})`, '{{status}}'],
      ],
    },
    {
      title: 'Requests: p50 and p99',
      description: 'Time from the request head to the answer, for /otp/*.',
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
      description: 'Failed store operations per second.',
      unit: 'reqps',
      queries: [[`sum by (operation) (${rate('otp_store_errors_total')})`, '{{operation}}']],
    },
    {
      title: 'Expiry lag: p99',
      description:
        'Time from the deadline of a code to its announcement. The ticker accounts for up to a second.',
      unit: 's',
      queries: [[quantile(0.99, 'otp_expiry_lag_seconds'), 'p99']],
    },
    {
      title: 'Wheel tick: p99',
      description: 'Time that a tick takes to expire everything that is due.',
      unit: 's',
      queries: [[quantile(0.99, 'otp_wheel_tick_duration_seconds'), 'p99']],
    },
  ],
  Process: [
    {
      title: 'CPU',
      description: 'CPU seconds per second: 1 is a whole core.',
      unit: 'none',
      queries: [[own(rate('process_cpu_seconds_total')), '{{instance}}']],
    },
    {
      title: 'Memory',
      description: 'Resident memory.',
      unit: 'bytes',
      queries: [[own(metric('process_resident_memory_bytes')), '{{instance}}']],
    },
    {
      title: 'Event loop',
      description: 'Delay of the event loop, p99 since the last scrape.',
      unit: 's',
      queries: [[own(metric('nodejs_eventloop_lag_p99_seconds')), '{{instance}}']],
    },
    {
      title: 'Dropped log lines',
      description: 'Log lines dropped per second: their reader was too slow or gone, or the disk full.',
      unit: 'cps',
      queries: [[`sum(${rate('otp_log_lines_dropped_total')})`, 'dropped']],
    },
  ],
};
