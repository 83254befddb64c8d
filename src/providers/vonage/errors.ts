import type { Problem } from '../../http/problem.ts';

/** Vonage's errors, by the part of its documentation that tells of them: status, title and detail. */
const ERRORS = {
  'invalid-code': [400, 'Invalid Code', 'The code you provided does not match the expected value.'],
  unauthorized: [401, 'Unauthorized', 'You did not provide correct credentials.'],
  'low-balance': [
    402,
    'Low balance',
    'This request could not be performed due to your account balance being low.',
  ],
  'not-found': [404, 'Not Found', 'The request was not found or it has been verified already.'],
  conflict: [409, 'Conflict', 'Concurrent verifications to the same number are not allowed'],
  gone: [410, 'Invalid Code', 'An incorrect code has been provided too many times. Workflow terminated.'],
  'invalid-params': [422, 'Invalid params', 'The value of one or more parameters is invalid.'],
  'rate-limit': [429, 'Rate Limit Hit', 'Please wait, then retry your request'],
} as const;

/** One of Vonage's errors. @param more other fields, or another detail */
export function vonageError(name: keyof typeof ERRORS, more: object = {}) {
  const [status, title, detail] = ERRORS[name];
  const type = `https://developer.vonage.com/api-errors#${name}`;
  return { status, body: { title, type, detail, ...more } };
}

/** Which error a problem of the service is, if there is one. */
const BY_CODE: Readonly<Record<string, string>> = {
  unauthorized: 'unauthorized',
  not_found: 'not-found',
  invalid_request: 'invalid-params',
};

/** A problem of the service as Vonage's API would show it. */
export function showProblem({ code, status, detail, errors = [], error }: Problem) {
  const name = Object.keys(ERRORS).find((it): it is keyof typeof ERRORS => it === (error ?? BY_CODE[code]));
  if (name === undefined) return { status, body: { title: code, type: 'about:blank', detail } };
  if (code !== 'invalid_request') return vonageError(name);
  const wrong = errors.map(({ field, detail }) => ({ name: field.slice(1), reason: detail }));
  return vonageError(name, { invalid_parameters: wrong });
}
