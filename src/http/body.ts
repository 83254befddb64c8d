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
      context.body = check(await readJson(request, absent));
      if (request.url.includes('?')) refuseQuery(request);
    },
  };
}

/**
 * Reads a request's body as JSON, strictly: it guesses and repairs nothing, and reads at most 16 KiB.
 *
 * @returns `absent` if that is given and the body has no bytes
 * @throws ProblemError `unsupported_media_type`, `body_too_large` or `malformed_json`
 */
async function readJson(request: Request, absent: unknown): Promise<unknown> {
  try {
    const bytes = hasBody(request) ? await readBytes(request) : new Uint8Array();
    return bytes.length === 0 && absent !== undefined ? absent : parseJson(utf8.decode(bytes));
  } catch (error) {
    // A client that disconnects mid-body also lands here.
    throw error instanceof ProblemError ? error : new ProblemError('malformed_json');
  }
}

/** Reads a body at once if its announced length fits, and in chunks if none is announced. */
async function readBytes(request: Request): Promise<Uint8Array> {
  const announced = request.headers.get('content-length');
  if (announced !== null) {
    checkType(request);
    if (Number(announced) > MAX_BYTES) throw new ProblemError('body_too_large');
    return request.bytes();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    // A body in chunks may turn out to have no bytes, and so no type.
    checkType(request);
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw new ProblemError('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws ProblemError `unsupported_media_type` */
function checkType({ headers }: Request): void {
  const type = headers.get('content-type') ?? '';
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (!JSON_TYPE.test(type) || encoding !== 'identity') throw new ProblemError('unsupported_media_type');
}
