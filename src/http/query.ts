import { KindGuard, type Static, type TObject, Type } from '@sinclair/typebox';
import { t } from 'elysia';
import { type FieldErrors, invalidRequest, schemaCheck } from './field-errors.ts';
import { hasBody, noBody, queryOf } from './request.ts';

const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

/**
 * Route options for a query with this schema. As with a body, Elysia's own validation is off. A parameter may appear
 * only once, and must be valid UTF-8: replacing bytes could make one user of two.
 *
 * A parameter becomes a number if its schema is an integer; otherwise it stays text. The route takes no body: a body is
 * a client's mistake, and ignoring it would hide the mistake. It is refused unread.
 */
export function checkedQuery<S extends TObject>(schema: S) {
  const read = queryReader(schema);
  return {
    query: t.NoValidate(schema),
    ...noBody,
    transform: (context: { request: Request; query: Static<S> }): void => {
      if (hasBody(context.request)) throw invalidRequest([{ field: '', detail: 'must not have a body' }]);
      context.query = read(context.request);
    },
  };
}

/** Route options for neither query nor body. */
export const noQuery = { ...noBody, transform: checkedQuery(NO_PARAMETERS).transform };

/** Refuses any query. @throws ProblemError `invalid_request` */
export const refuseQuery = queryReader(NO_PARAMETERS);

/** Makes the function that reads and checks a request's query. @returns throws ProblemError `invalid_request` */
function queryReader<S extends TObject>(schema: S): (request: Request) => Static<S> {
  const check = schemaCheck(schema);
  return (request) => check(parse(queryOf(request), schema));
}

/** The parameters by name. @throws ProblemError `invalid_request` if a known one cannot be read */
function parse(query: string, { properties }: TObject): unknown {
  const values = new Map<string, string | number>();
  const errors: FieldErrors = [];
  for (const part of query.split('&').filter(Boolean)) {
    const [, encodedName = '', encodedText = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    const name = decode(encodedName) ?? '';
    const text = decode(encodedText);
    const detail =
      text === undefined ? 'must be percent-encoded UTF-8' : errorIn(name, text, values.has(name));
    if (detail !== undefined && Object.hasOwn(properties, name)) errors.push({ field: `/${name}`, detail });
    const number = KindGuard.IsInteger(properties[name]) && /^(0|[1-9]\d{0,8})$/.test(text ?? '');
    values.set(name, number ? Number(text) : (text ?? ''));
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return Object.fromEntries(values);
}

function errorIn(name: string, text: string, repeated: boolean): string | undefined {
  if (repeated) return 'must appear only once';
  // In a query a plus sign means a space. A phone number sent with a bare + would silently be another user.
  return name === 'user' && text.startsWith(' ') ? 'starts with a space: write + as %2B' : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
