import { ProblemError } from './problem.ts';

/** The longest body that is read, in bytes: far above any real request, far below what could hurt. */
const LIMIT = 16 * 1_024;

/** `application/json`, in any letter case, alone or with the one charset that JSON has (RFC 8259, section 8.1). */
const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** Rejects bytes that are no UTF-8 instead of putting U+FFFD in their place: two users must never become one. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request's body as JSON, strictly: nothing is guessed or repaired, and no more is read than allowed.
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
    // Also where the sender went away in the middle: what came is not JSON, and that is no failure of ours.
    throw error instanceof ProblemError ? error : new ProblemError('malformed_json');
  }
}

/** Reads a body whole if its length is announced and fits, else piece by piece. @throws ProblemError `body_too_large` */
function readBytes(request: Request): Promise<Uint8Array> {
  const announced = request.headers.get('content-length');
  if (Number(announced) > LIMIT) throw new ProblemError('body_too_large');
  return announced !== null ? request.bytes() : readPieces(request);
}

/** Reads a body for as long as it fits. */
async function readPieces(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > LIMIT) throw new ProblemError('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a request has a body, of whatever kind. */
export function hasBody({ headers, body }: Request): boolean {
  const announced = headers.get('content-length');
  return announced === null ? body !== null : announced !== '0';
}
