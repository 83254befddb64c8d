import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { QUERY_ANSWERS, retryAfter } from '../../http/common-answers.ts';
import { closed, purpose, user, wholeNumber } from '../../http/fields.ts';
import { restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { openCalls } from '../../http/open-calls.ts';
import { ProblemError, problem, problemSchema, safeName } from '../../http/problem.ts';
import { checkedQuery } from '../../http/query.ts';
import { causeOf } from '../../http/request-id.ts';
import type { Levers } from '../levers.ts';
import type { Filter } from './inbox.ts';
import { describeMessage, Message } from './message.ts';

/** How long a call waits for a message by default, in seconds of real time. */
const WAIT_S = 10;

/** The longest `timeout` that a call may set, in seconds of real time. */
const LONGEST_WAIT_S = 60;

const listQuery = Type.Object(
  {
    user: Type.Optional(user),
    purpose,
    limit: Type.Optional(wholeNumber(1, 1_000, 'At most so many messages; all if absent')),
  },
  closed,
);

const waitQuery = Type.Object(
  {
    user,
    purpose,
    after: Type.Optional(
      Type.String({
        pattern: '^(0|[a-z0-9]+-[cm][0-9]+)$',
        description:
          'The id of a message: waits for the first one after it; 0 is older than all. If absent: the newest pending message, or the next one',
        error: 'must be the id of a message, or 0',
      }),
    ),
    timeout: Type.Optional(
      wholeNumber(0, LONGEST_WAIT_S, `Seconds of real time to wait; ${WAIT_S} if absent`),
    ),
  },
  closed,
);

const clearQuery = Type.Object({ user: Type.Optional(user) }, closed);

/**
 * `/mock/inbox`: the codes that users would have received.
 *
 * @param ending aborts when the service is about to stop, and ends long polls
 */
export function inboxRoutes(
  { inbox, emptyInbox, clock }: Pick<Levers, 'inbox' | 'emptyInbox' | 'clock'>,
  ending: AbortSignal,
) {
  const open = openCalls('too_many_waits', WAIT_S);
  return new Elysia({ prefix: '/inbox', tags: ['inbox'] })
    .get(
      '',
      ({ query: { limit, ...filter } }) => {
        const messages = inbox.list(filter, limit).map(describeMessage);
        const hasFilter = Object.keys(filter).length > 0;
        return { messages, ...(messages.length === 0 && hasFilter && { detail: noMessage(filter) }) };
      },
      {
        ...checkedQuery(listQuery),
        response: {
          200: Type.Object(
            {
              messages: Type.Array(Message),
              detail: Type.Optional(
                Type.String({ description: 'What was looked for; only if nothing matches the filter' }),
              ),
            },
            { description: 'The newest messages, newest first.', examples: [{ messages: [] }] },
          ),
          ...QUERY_ANSWERS,
        },
        detail: {
          summary: 'Read codes',
          description: 'The last 1,000 codes, with what became of each.',
        },
      },
    )
    .get(
      '/wait',
      async ({ query: { user, purpose, after, timeout = WAIT_S }, request, server, status }) => {
        const timeUp = new AbortController();
        const signal = AbortSignal.any([request.signal, ending, timeUp.signal]);
        open(signal);
        clock.sleep(timeout * 1_000, signal).then(() => timeUp.abort());
        suspendTimeout(server, request);
        const message = await inbox.next({ user, purpose }, after, signal);
        restoreTimeout(server, request);
        timeUp.abort();
        if (message) return describeMessage(message);
        if (ending.aborted) throw new ProblemError('not_ready');
        const searched = noMessage({ user, purpose }, ` arrived within ${timeout} s`);
        const detail = `${searched} Check that a code was requested, and for which user and purpose.`;
        return status(404, problem('no_message', { detail }));
      },
      {
        ...checkedQuery(waitQuery),
        response: {
          200: Message,
          ...QUERY_ANSWERS,
          404: problemSchema(['no_message']),
          503: problemSchema(['too_many_waits', 'not_ready', 'store_unavailable'], {
            retryAfter: Type.Optional(retryAfter),
          }),
        },
        detail: {
          summary: 'Wait for a code',
          description:
            'Answers at once if the message is there, otherwise as soon as it comes. 256 calls may wait at once, and none takes a message from another.',
        },
      },
    )
    .delete('', async ({ query, set }) => ({ deleted: await emptyInbox(query.user, causeOf(set)) }), {
      ...checkedQuery(clearQuery),
      response: {
        200: Type.Object(
          { deleted: Type.Integer() },
          {
            description: 'How many messages were deleted. Their codes keep working.',
            examples: [{ deleted: 3 }],
          },
        ),
        ...QUERY_ANSWERS,
      },
      detail: {
        summary: 'Empty the inbox',
        description:
          'Deletes all messages, or those of one user. Readers of the event stream get `mock.inbox_emptied`.',
      },
    });
}

/** Says what was looked for in vain. A + in a query means a blank: that is how most messages are missed. */
function noMessage(filter: Filter, within = ''): string {
  const wanted = Object.entries(filter).map(([name, value]) => value && `${name} "${safeName(value)}"`);
  const hint = filter.user?.includes(' ') ? ' The user contains a blank: write + as %2B.' : '';
  return `No message for ${wanted.filter(Boolean).join(' and ')}${within}.${hint}`;
}
