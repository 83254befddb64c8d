import { Type } from '@sinclair/typebox';
import { FieldError, problemSchema } from './problem.ts';

/** When to retry, in problems that pass by themselves. */
export const retryAfter = Type.Integer({
  description: 'Seconds to wait before the next try, as in the Retry-After header',
  examples: [27],
});

/** Problems that any route can answer before its handler runs. */
const COMMON_ANSWERS = {
  401: problemSchema(['unauthorized']),
  403: problemSchema(['forbidden_host', 'forbidden_origin']),
  500: problemSchema(['internal']),
  503: problemSchema(['store_unavailable'], { retryAfter }),
};

const fields = { errors: Type.Optional(Type.Array(FieldError)) };

/** The same for a route with a query, or with neither query nor body. */
export const QUERY_ANSWERS = {
  ...COMMON_ANSWERS,
  400: problemSchema(['invalid_target', 'invalid_request'], fields),
};

/** The same for a route with a body. */
export const BODY_ANSWERS = {
  ...COMMON_ANSWERS,
  400: problemSchema(['invalid_target', 'malformed_json', 'invalid_request'], fields),
  413: problemSchema(['body_too_large']),
  415: problemSchema(['unsupported_media_type']),
};
