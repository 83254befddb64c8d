import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { problem, problemSchema, RETRY_S } from './problem.ts';

/** `/livez` and `/readyz`, for whoever runs the service. @param ready whether it takes requests now; never rejects */
export function probeRoutes(ready: () => Promise<boolean>) {
  return new Elysia({ tags: ['operations'] })
    .get('/livez', () => ({ status: 'ok' as const }), {
      response: {
        200: Type.Object(
          { status: Type.Literal('ok') },
          { description: 'The process runs.', examples: [{ status: 'ok' }] },
        ),
      },
      detail: { summary: 'Is the process alive?' },
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
            { description: 'The service takes requests.', examples: [{ status: 'ready' }] },
          ),
          503: problemSchema(['not_ready']),
        },
        detail: {
          summary: 'Does the service take requests?',
          description: 'Not while it starts or stops, nor when its store does not answer.',
        },
      },
    );
}
