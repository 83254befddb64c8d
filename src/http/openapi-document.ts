import { registerSchemaPath } from '@elysiajs/swagger/utils';
import type { AnyElysia } from 'elysia';
import type { Clock } from '../core/clock.ts';
import { PROBLEM_TYPE } from './problem.ts';

const JSON_TYPE = 'application/json';

/**
 * Our annotations on schemas, which the document must not have. `error` is a field's detail in a problem, and Elysia
 * sets `noValidate`. `mediaType` is that of an answer other than JSON, and `mayBeAbsent` marks an optional body.
 */
const NOTES = ['error', 'noValidate', 'mediaType', 'mayBeAbsent'];

/**
 * Makes the OpenAPI 3.1 document of an app. That takes some 20 ms, so other requests are served between one route and
 * the next.
 *
 * @param about the parts of the document that are not of a route
 * @returns the document as JSON
 */
export async function openApiDocument(
  about: object,
  routes: AnyElysia['routes'],
  clock: Clock,
): Promise<string> {
  const paths = {};
  for (const { method, path, hooks } of routes) {
    if (hooks.detail?.hide === true) continue;
    registerSchemaPath({ schema: paths, method, path, hook: hooks, models: {} });
    await clock.yieldToEventLoop();
  }
  return fixed({ ...about, paths });
}

/**
 * Turns what the swagger plugin made of the routes into valid and correct OpenAPI.
 *
 * The plugin lists each body under three media types, though the service uses one. It puts parts of an answer's schema
 * where OpenAPI does not allow them. It copies our annotations on schemas. Swagger UI shows groups without operations,
 * and a button to authorize oneself although no call needs a key.
 */
function fixed(generated: object): string {
  return JSON.stringify(generated, (name, value) => {
    if (name === '') {
      const operations = Object.values<object>(value.paths).flatMap((methods) => Object.values(methods));
      const used = new Set(operations.flatMap(({ tags }) => tags));
      return { ...value, tags: value.tags.filter((tag: { name: string }) => used.has(tag.name)) };
    }
    if (name === 'securitySchemes' && Object.keys(value).length === 0) return undefined;
    // The plugin gives a body the same schema under each media type.
    const schema = value?.content?.[JSON_TYPE]?.schema;
    if (name === 'requestBody')
      return { required: schema.mayBeAbsent !== true, content: { [JSON_TYPE]: { schema } } };
    if (schema !== undefined) {
      const { description, examples, mediaType = Number(name) < 400 ? JSON_TYPE : PROBLEM_TYPE } = value;
      return { description, content: { [mediaType]: { schema: { ...schema, examples } } } };
    }
    return withoutNotes(name, value);
  });
}

/** A replacer for `JSON.stringify`, which leaves our annotations out of schemas. A field may have the name of one. */
export function withoutNotes(name: string, value: unknown): unknown {
  return NOTES.includes(name) && typeof value !== 'object' ? undefined : value;
}
