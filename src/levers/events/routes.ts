import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { QUERY_ANSWERS, retryAfter } from '../../http/common-answers.ts';
import { problemSchema } from '../../http/problem.ts';
import { noQuery } from '../../http/query.ts';
import type { Levers } from '../levers.ts';
import { eventStreams } from './stream.ts';

/**
 * `/mock/events`: every event, as it happens.
 *
 * @param ending aborts when the service is about to stop, and ends the streams
 */
export function eventRoutes({ history, clock }: Pick<Levers, 'history' | 'clock'>, ending: AbortSignal) {
  const stream = eventStreams(history, clock, ending);
  return new Elysia({ tags: ['inbox'] }).get('/events', ({ request, server }) => stream(request, server), {
    ...noQuery,
    response: {
      200: Type.String({
        mediaType: 'text/event-stream',
        description:
          'Server-sent events, without end. Each has its id, its type as the name, and the event itself as JSON. A `missed` event is followed by all events that are kept.',
        examples: [
          'id: mws4q1rfd2c6-e1\nevent: otp.requested\ndata: {"id":"mws4q1rfd2c6-e1","type":"otp.requested","time":"2026-11-22T15:00:00.000Z","user":"alice","purpose":"default","otp":"mws4q1rfd2c6-c1","expiresAt":"2026-11-22T15:05:00.000Z","code":"042137"}\n\n',
        ],
      }),
      ...QUERY_ANSWERS,
      503: problemSchema(['too_many_streams', 'store_unavailable'], { retryAfter }),
    },
    detail: {
      summary: 'Follow events',
      description:
        'A stream without end: open [/mock/events](/mock/events) in a tab, or run `curl -N http://localhost:8080/mock/events`. It has every event from now on, or after the one that `Last-Event-ID` names. A slow client gets a `missed` event with the number of events it missed. One that reads nothing for half a minute is disconnected. 256 clients may follow at once.',
    },
  });
}
