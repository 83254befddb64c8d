import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { problem, problemSchema } from './problem.ts';

/** `/livez` and `/readyz`, for operators. @param ready whether the service takes requests now; never rejects */
export function probeRoutes(ready: () => Promise<boolean>) {
  return new Elysia({ tags: ['operations'] })
    .get('/livez', () => ({ status: 'ok' as const }), {
      response: { 200: answer('ok', 'The process is running.') },
      detail: { summary: 'Check that the process is alive' },
    })
    .get(
      '/readyz',
      async ({ status }) =>
        (await ready()) ? { status: 'ready' as const } : status(503, problem('not_ready')),
      {
        response: {
          200: answer('ready', 'The service is ready for requests.'),
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

function answer<S extends string>(status: S, description: string) {
  return Type.Object({ status: Type.Literal(status) }, { description, examples: [{ status }] });
}
