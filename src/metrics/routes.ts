import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import type { Registry } from 'prom-client';
import { keyCheck, keyDetail, METRICS_KEY_SCHEME } from '../http/keys.ts';
import { problemSchema } from '../http/problem.ts';

const EXAMPLE = `# HELP otp_live Live codes of all replicas that share the store; absent while the store does not answer.
# TYPE otp_live gauge
otp_live 42
`;

/** `/metrics`, in the text format of Prometheus. @param keys each opens it; without keys it is open to all */
export function metricsRoute(registry: Registry, keys: readonly string[]) {
  const checkKey = keyCheck(keys);
  return new Elysia({ tags: ['operations'] }).get(
    '/metrics',
    async ({ request, set }) => {
      checkKey({ request });
      const text = await registry.metrics();
      set.headers['content-type'] = registry.contentType;
      return text;
    },
    {
      response: {
        200: Type.String({
          mediaType: 'text/plain',
          description: 'Metrics of the service and its process, in the text format of Prometheus.',
          examples: [EXAMPLE],
        }),
        401: problemSchema(['unauthorized']),
        500: problemSchema(['internal']),
      },
      detail: { summary: 'Metrics for Prometheus', ...keyDetail(keys, METRICS_KEY_SCHEME) },
    },
  );
}
