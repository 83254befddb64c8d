import { KindGuard, type Static, type TObject, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t } from 'elysia';
import { type FieldErrors, fieldErrors, invalidRequest } from './field-errors.ts';
import { hasBody } from './json-body.ts';

/**
 * The options of a route whose query has this schema. Like a body's it is checked once and by us: each
 * parameter at most once, no unknown ones, and only bytes that are UTF-8, lest two users become one.
 *
 * All parameters are text; one that the schema has as a whole number becomes one. A body is refused: whoever
 * sends one expects it to be heeded.
 */
export function checkedQuery<S extends TObject>(schema: S) {
  const read = queryReader(schema);
  return {
    query: t.NoValidate(schema),
    transform: (context: { request: Request; query: Static<S> }): void => {
      if (hasBody(context.request)) throw invalidRequest([{ field: '', detail: 'must come without a body' }]);
      context.query = read(context.request);
    },
  };
}

/** The option of a route that takes neither query nor body. */
export const noQuery = {
  transform: checkedQuery(Type.Object({}, { additionalProperties: false })).transform,
};

/** Makes the function that reads and checks a request's query. It throws ProblemError `invalid_request`. */
export function queryReader<S extends TObject>(schema: S): (request: Request) => Static<S> {
  const checker = TypeCompiler.Compile(schema);
  return ({ url }) => {
    const value = parse(/\?([^#]*)/.exec(url)?.[1] ?? '', schema);
    if (checker.Check(value)) return value;
    throw invalidRequest(fieldErrors(checker, value));
  };
}

/** The parameters by name. @throws ProblemError `invalid_request` if one cannot be read */
function parse(query: string, { properties }: TObject): unknown {
  const values = new Map<string, string | number>();
  const errors: FieldErrors = [];
  for (const part of query.split('&').filter(Boolean)) {
    const [, encodedName = '', encodedText = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    const name = decode(encodedName) ?? '';
    const text = decode(encodedText);
    const detail =
      text === undefined ? 'is not UTF-8, percent-encoded' : complaint(name, text, values.has(name));
    if (detail !== undefined && Object.hasOwn(properties, name)) errors.push({ field: `/${name}`, detail });
    const number = KindGuard.IsInteger(properties[name]) && /^(0|[1-9]\d{0,8})$/.test(text ?? '');
    values.set(name, number ? Number(text) : (text ?? ''));
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return Object.fromEntries(values);
}

function complaint(name: string, text: string, repeated: boolean): string | undefined {
  if (repeated) return 'is there more than once';
  // A plus sign stands for a blank, and a telephone number begins with one: else it would be another user's.
  return name === 'user' && text.startsWith(' ') ? 'begins with a blank: write + as %2B' : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
