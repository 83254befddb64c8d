import { type TSchema, Type } from '@sinclair/typebox';
import { schemaCheck } from '../http/field-errors.ts';
import { closed } from '../http/fields.ts';
import { withoutNotes } from '../http/openapi-document.ts';
import { ProblemError, problem } from '../http/problem.ts';

interface RouteOfTool {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The argument for a body that is a list. Arguments and structured content are always objects. */
  readonly list?: string;
}

/** The route that each tool calls. A tool's title, description and arguments are those of its route. */
const TOOLS: readonly RouteOfTool[] = [
  { name: 'request_code', method: 'POST', path: '/otp/request' },
  { name: 'wait_for_code', method: 'GET', path: '/mock/inbox/wait' },
  { name: 'verify_code', method: 'POST', path: '/otp/verify' },
  { name: 'advance_clock', method: 'POST', path: '/mock/clock' },
  { name: 'inject_fault', method: 'PUT', path: '/mock/faults', list: 'faults' },
  { name: 'reset', method: 'POST', path: '/mock/reset' },
];

/** A route of the app, as far as tools need it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly hooks: {
    readonly body?: TSchema;
    readonly query?: TSchema;
    readonly detail?: { readonly summary?: string; readonly description?: string };
  };
}

/** Calls a route for the client. @param target its path, with the query */
export type Send = (method: string, target: string, body?: unknown) => Promise<Response>;

type Arguments = Readonly<Record<string, unknown>>;

export interface Tool {
  /** What `tools/list` tells of it. */
  readonly definition: { readonly name: string; readonly [field: string]: unknown };
  /** Checks the arguments and calls the route. @returns the result of `tools/call`, also if the route answers an error */
  call(given: Arguments, send: Send): Promise<object>;
}

/** Makes the tools over an app's routes. */
export function createTools(routes: readonly Route[]): Tool[] {
  return TOOLS.map(({ name, method, path, list }) => {
    const route = routes.find((it) => it.method === method && it.path === path);
    if (route === undefined) throw new Error(`${name} needs ${method} ${path}`);
    const { body, query, detail = {} } = route.hooks;
    const fields = body ?? query ?? Type.Object({});
    const schema = list === undefined ? fields : Type.Object({ [list]: fields }, closed);
    const check = schemaCheck(schema);
    return {
      definition: {
        name,
        title: detail.summary,
        description: `${detail.summary}. ${detail.description}`,
        inputSchema: JSON.parse(JSON.stringify(schema, forClients)),
        annotations: { readOnlyHint: method === 'GET' },
      },
      async call(given, send) {
        try {
          check(given);
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          return resultOf(JSON.stringify(problem(error.code, error.more)), true);
        }
        const target = query === undefined ? path : `${path}?${queryOf(given)}`;
        const sent = list === undefined ? given : given[list];
        const response = await send(method, target, query === undefined ? sent : undefined);
        // A fault may break the answer off.
        const text = await response.text().catch(() => undefined);
        return text === undefined
          ? { content: [textOf('The connection closed without an answer.')], isError: true }
          : resultOf(text, !response.ok, list);
      },
    };
  });
}

function queryOf(given: Arguments): URLSearchParams {
  return new URLSearchParams(Object.entries(given).map(([field, value]) => [field, String(value)]));
}

/** A route's answer as text for the model, and as JSON for its client. */
function resultOf(text: string, isError: boolean, list?: string) {
  const value: unknown = JSON.parse(text);
  const structuredContent = Array.isArray(value) && list !== undefined ? { [list]: value } : value;
  return { content: [textOf(text)], structuredContent, isError };
}

function textOf(text: string) {
  return { type: 'text', text };
}

/** Leaves out of a schema what is ours: annotations, and formats. The descriptions tell the rules of those. */
function forClients(name: string, value: unknown): unknown {
  return name === 'format' && String(value).startsWith('otp-') ? undefined : withoutNotes(name, value);
}
