import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import type { Clock } from '../../core/clock.ts';
import { QUERY_ANSWERS } from '../../http/common-answers.ts';
import { noQuery } from '../../http/query.ts';
import type { EventHistory } from './history.ts';
import { eventStreams } from './stream.ts';

/**
 * `/mock/events`: everything that happens, as it happens.
 *
 * @param ending aborts when the service is about to stop, and ends the streams
 */
export function eventRoutes(history: EventHistory, clock: Clock, ending: AbortSignal) {
  const stream = eventStreams(history, clock, ending);
  return new Elysia().get('/events', ({ request, server }) => stream(request, server), {
    ...noQuery,
    response: {
      200: Type.String({
        mediaType: 'text/event-stream',
        description:
          'Server-sent events, without end. Each has the id, the type as its name, and itself as JSON. After a `missed` event all follow that are kept.',
        examples: [
          'id: mws4q1rfd2c6-e1\nevent: otp.requested\ndata: {"id":"mws4q1rfd2c6-e1","type":"otp.requested","time":"2026-11-22T15:00:00.000Z","user":"alice","purpose":"default","otp":"mws4q1rfd2c6-c1","expiresAt":"2026-11-22T15:05:00.000Z","code":"042137"}\n\n',
        ],
      }),
      ...QUERY_ANSWERS,
    },
    detail: {
      summary: 'Follow events',
      description:
        'Every event from now on, or from behind the one that `Last-Event-ID` names. A reader that is slow is told how many it missed.',
    },
  });
}
