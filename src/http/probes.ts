import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { problem, problemSchema, RETRY_S } from './problem.ts';

/** `/livez` and `/readyz`, for operators. @param ready whether the service takes requests now; never rejects */
export function probeRoutes(ready: () => Promise<boolean>) {
  return new Elysia({ tags: ['operations'] })
    .get('/livez', () => ({ status: 'ok' as const }), {
      response: {
        200: Type.Object(
          { status: Type.Literal('ok') },
          { description: 'The process is running.', examples: [{ status: 'ok' }] },
        ),
      },
      detail: { summary: 'Check that the process is alive' },
    })
    .get(
      '/readyz',
      async ({ set, status }) => {
        if (await ready()) return { status: 'ready' as const };
        set.headers['retry-after'] = String(RETRY_S);
        return status(503, problem('not_ready'));
      },
      {
        response: {
          200: Type.Object(
            { status: Type.Literal('ready') },
            { description: 'The service is ready for requests.', examples: [{ status: 'ready' }] },
          ),
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
