import { ProblemError } from './problem.ts';

/** The longest body that is read, in bytes: far above any real request, and harmless. */
const MAX_BYTES = 16 * 1_024;

/** `application/json` in any letter case, optionally with JSON's only charset (RFC 8259, section 8.1). */
const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** Rejects invalid UTF-8. Replacing it by U+FFFD could make one user of two. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request's body as JSON, strictly: it guesses and repairs nothing, and reads at most 16 KiB.
 *
 * @throws ProblemError `unsupported_media_type`, `body_too_large` or `malformed_json`
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type');
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  const acceptable = JSON_TYPE.test(type ?? '') && encoding === 'identity';
  if (!acceptable && hasBody(request)) throw new ProblemError('unsupported_media_type');
  try {
    return JSON.parse(utf8.decode(await readBytes(request)));
  } catch (error) {
    // A client that disconnects mid-body also lands here.
    throw error instanceof ProblemError ? error : new ProblemError('malformed_json');
  }
}

/** Reads a body at once if its announced length fits, and in chunks if none is announced. */
function readBytes(request: Request): Promise<Uint8Array> {
  const announced = request.headers.get('content-length');
  if (Number(announced) > MAX_BYTES) throw new ProblemError('body_too_large');
  return announced !== null ? request.bytes() : readChunks(request);
}

async function readChunks(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw new ProblemError('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a request has a body of any type. */
export function hasBody({ headers, body }: Request): boolean {
  const announced = headers.get('content-length');
  return announced === null ? body !== null : announced !== '0';
}
