import { Type } from '@sinclair/typebox';
import { FieldError, problemSchema } from './problem.ts';

/** When to ask again, in problems that pass. */
export const retryAfter = Type.Integer({
  description: 'Seconds to wait, as in the header Retry-After',
  examples: [27],
});

/** What every route may answer before it comes to its own business. */
const COMMON_ANSWERS = {
  401: problemSchema(['unauthorized']),
  403: problemSchema(['forbidden_host', 'forbidden_origin']),
  500: problemSchema(['internal']),
  503: problemSchema(['store_unavailable'], { retryAfter }),
};

const fields = { errors: Type.Optional(Type.Array(FieldError)) };

/** The same for a route that takes a query, or neither that nor a body. */
export const QUERY_ANSWERS = { ...COMMON_ANSWERS, 400: problemSchema(['invalid_request'], fields) };

/** The same for a route that takes a body. */
export const BODY_ANSWERS = {
  ...COMMON_ANSWERS,
  400: problemSchema(['malformed_json', 'invalid_request'], fields),
  413: problemSchema(['body_too_large']),
  415: problemSchema(['unsupported_media_type']),
};
