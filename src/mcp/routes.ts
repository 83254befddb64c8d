import { Type } from '@sinclair/typebox';
import { type AnyElysia, Elysia } from 'elysia';
import { checkedBody } from '../http/body.ts';
import { restoreTimeout, suspendTimeout } from '../http/idle-timeout.ts';
import { keyCheck } from '../http/keys.ts';
import { PROBLEMS, ProblemError } from '../http/problem.ts';
import { causeOf } from '../http/request-id.ts';
import type { HttpSettings } from '../http/settings.ts';
import { answer, failure } from './protocol.ts';
import { createTools, type Send, type Tool } from './tools.ts';

/**
 * `/mcp`: the Model Context Protocol for coding agents, over Streamable HTTP and without sessions.
 *
 * A tool calls a route of the app as a request of its own, with the client's key and request id. So faults, limits,
 * replicas, log and metrics treat it as they treat any other call.
 *
 * @param root the app; its routes may still be added
 */
export function mcpRoutes(root: Pick<AnyElysia, 'routes' | 'handle'>, config: HttpSettings): Elysia {
  const { transform: readBody } = checkedBody(Type.Unknown());
  let tools: readonly Tool[] | undefined;
  const routes = new Elysia({ detail: { hide: true } });
  routes.onTransform(keyCheck(config.OTP_API_KEYS)).post(
    '/mcp',
    async ({ request, server, set }) => {
      const send: Send = async (method, target, body) => {
        const headers = {
          authorization: request.headers.get('authorization') ?? '',
          'content-type': 'application/json',
          'x-request-id': causeOf(set).requestId,
        };
        const sent = body === undefined ? null : JSON.stringify(body);
        const { signal } = request;
        const call = new Request(`http://localhost${target}`, { method, headers, body: sent, signal });
        // A call may wait for longer than the connection may be idle.
        suspendTimeout(server, request);
        const response = await root.handle(call);
        restoreTimeout(server, request);
        return response;
      };
      const read = { request, body: undefined };
      try {
        await readBody(read);
      } catch (error) {
        if (!(error instanceof ProblemError && error.code === 'malformed_json')) throw error;
        return failure(null, 'parseError', PROBLEMS.malformed_json.detail);
      }
      tools ??= createTools(root.routes);
      return answer(read.body, request.headers, tools, send);
    },
    { parse: 'none' },
  );
  return routes;
}
