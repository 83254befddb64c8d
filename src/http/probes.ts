import { type TProperties, Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { problem, problemSchema } from './problem.ts';

/** Whether the service takes requests now, or why not. With some shards of its store away it takes those of others. */
export type Readiness =
  | 'ready'
  | { readonly shardsUnavailable: readonly number[] }
  | 'not_serving'
  | 'no_store';

export const isReady = (state: Readiness) => state === 'ready' || typeof state === 'object';

/** `/livez` and `/readyz`, for operators. @param readiness never rejects */
export function probeRoutes(readiness: () => Promise<Readiness>) {
  return new Elysia({ tags: ['operations'] })
    .get('/livez', () => ({ status: 'ok' as const }), {
      response: { 200: answer('ok', 'The process is running.', {}) },
      detail: { summary: 'Check that the process is alive' },
    })
    .get(
      '/readyz',
      async ({ status }) => {
        const state = await readiness();
        if (state === 'ready') return { status: state };
        if (typeof state === 'object')
          return { status: 'ready' as const, shardsUnavailable: [...state.shardsUnavailable] };
        const detail = 'The store (OTP_STORE) does not answer. The service is ready again when it does.';
        return status(503, state === 'no_store' ? problem('not_ready', { detail }) : problem('not_ready'));
      },
      {
        response: {
          200: answer('ready', 'The service is ready for requests.', {
            shardsUnavailable: Type.Optional(
              Type.Array(Type.Integer(), {
                description:
                  'Shards of a shared store that are away. Calls for their users are answered with 503.',
              }),
            ),
          }),
          503: problemSchema(['not_ready']),
        },
        detail: {
          summary: 'Check that the service is ready',
          description:
            'The service is not ready while it starts or stops, or while its store does not answer.',
        },
      },
    );
}

function answer<S extends string, P extends TProperties>(status: S, description: string, more: P) {
  return Type.Object({ status: Type.Literal(status), ...more }, { description, examples: [{ status }] });
}
