import type { Static, TSchema } from '@sinclair/typebox';
import { t } from 'elysia';
import { schemaCheck } from './field-errors.ts';
import { parseJson } from './json.ts';
import { ProblemError } from './problem.ts';
import { refuseQuery } from './query.ts';
import { hasBody } from './request.ts';

/** The longest body that is read, in bytes: far above any real request, and harmless. */
const MAX_BYTES = 16 * 1_024;

/** `application/json` in any letter case, optionally with JSON's only charset (RFC 8259, section 8.1). */
const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-8"?\s*)?$/i;
const WANTED = 'Send JSON in UTF-8, with each key of an object once.';

/** Rejects invalid UTF-8. Replacing it by U+FFFD could make one user of two. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Route options for a body with this schema. The body is read and checked here.
 *
 * Elysia's own validation is off: its error describes the invalid value, and some values make that description throw.
 * Its parser is off too: it would turn every body into a stream first, only to see whether there is one.
 *
 * The route takes no query: a query is a client's mistake, and ignoring it would hide the mistake.
 *
 * @param absent the value of a missing body; without it a body is required
 */
export function checkedBody<S extends TSchema>(schema: S, absent?: Static<S>) {
  const check = schemaCheck(schema);
  return {
    body: t.NoValidate(schema),
    parse: 'none' as const,
    transform: async (context: { request: Request; body: Static<S> }): Promise<void> => {
      const { request } = context;
      context.body = check(await readBody(request, JSON_TYPE, parseJson, absent));
      if (request.url.includes('?')) refuseQuery(request);
    },
  };
}

/** Route options for a form: `body` is its fields. */
export const formBody = {
  parse: 'none' as const,
  transform: async (context: { request: Request; body: unknown }): Promise<void> => {
    context.body = await readBody(context.request, FORM_TYPE, parseForm);
  },
};

/**
 * Reads a request's body strictly: it guesses and repairs nothing, and reads at most 16 KiB.
 *
 * @param parse throws if the text is not of the type
 * @param absent what a body without bytes stands for, if it may be absent
 * @throws ProblemError `unsupported_media_type`, `body_too_large` or `malformed_json`
 */
async function readBody<T>(
  request: Request,
  type: RegExp,
  parse: (text: string) => T,
  absent?: T,
): Promise<T> {
  try {
    const bytes = hasBody(request) ? await readBytes(request, type) : new Uint8Array();
    return bytes.length === 0 && absent !== undefined ? absent : parse(utf8.decode(bytes));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const more = error instanceof SyntaxError ? { detail: `The body ${error.message}. ${WANTED}` } : {};
    // A client that disconnects mid-body also lands here.
    throw new ProblemError('malformed_json', more);
  }
}

/** @throws URIError if something is not percent-encoded UTF-8, which URLSearchParams would replace by U+FFFD */
function parseForm(text: string): URLSearchParams {
  if (text.includes('%')) decodeURIComponent(text);
  return new URLSearchParams(text);
}

/** Reads a body at once if its announced length fits, and in chunks if none is announced. */
function readBytes(request: Request, type: RegExp): Promise<Uint8Array> {
  const announced = request.headers.get('content-length');
  if (announced === null) return readChunks(request, type);
  checkType(request, type);
  if (Number(announced) > MAX_BYTES) throw new ProblemError('body_too_large');
  return request.bytes();
}

async function readChunks(request: Request, type: RegExp): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    // A body in chunks may turn out to have no bytes, and so no type.
    checkType(request, type);
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw new ProblemError('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws ProblemError `unsupported_media_type` */
function checkType({ headers }: Request, wanted: RegExp): void {
  const type = headers.get('content-type') ?? '';
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (!wanted.test(type) || encoding !== 'identity') throw new ProblemError('unsupported_media_type');
}
