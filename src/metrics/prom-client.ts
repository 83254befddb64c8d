/// <reference path="./prom-client-parts.d.ts" />
import Counter from 'prom-client/lib/counter';
import Gauge from 'prom-client/lib/gauge';
import Histogram from 'prom-client/lib/histogram';
import Registry from 'prom-client/lib/registry';

/**
 * The parts of prom-client that the service uses. The package as a whole also loads OpenTelemetry, `node:http` and
 * clients of both, which took a seventh of the time until the first answer. Another version may have its parts
 * elsewhere, so package.json names this one exactly.
 */
export { Counter, Gauge, Histogram, Registry };
