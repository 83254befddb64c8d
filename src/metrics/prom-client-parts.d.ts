/** Parts of prom-client that are imported without the rest. Its types are those of the package as a whole. */
declare module 'prom-client/lib/counter' {
  export { Counter as default } from 'prom-client';
}
declare module 'prom-client/lib/gauge' {
  export { Gauge as default } from 'prom-client';
}
declare module 'prom-client/lib/histogram' {
  export { Histogram as default } from 'prom-client';
}
declare module 'prom-client/lib/registry' {
  export { Registry as default } from 'prom-client';
}
/** Each registers some metrics of the process. */
declare module 'prom-client/lib/metrics/*' {
  import type { Registry } from 'prom-client';

  export default function collect(
    registry: Registry,
    config?: { eventLoopMonitoringPrecision: number },
  ): void;
}
