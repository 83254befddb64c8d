import type { Context } from 'elysia';

/** The content of a file. */
type Content = string | Uint8Array<ArrayBuffer>;

/**
 * Makes the handler that serves a file. The file is read for the first request and kept with its entity tag, so a
 * request costs little whatever its answer took to make. A read that fails is tried again. A client that sends the tag
 * back gets 304 without the file.
 *
 * @param type its media type, without the charset
 */
export function fileHandler(
  read: () => Content | Promise<Content>,
  type: string,
  headers: Record<string, string> = {},
) {
  const load = async () => {
    const content = await read();
    return { content: new Blob([content]), etag: `"${Bun.hash(content).toString(36)}"` };
  };
  let file: ReturnType<typeof load> | undefined;
  return async ({ request }: Pick<Context, 'request'>): Promise<Response> => {
    file ??= load().catch((error) => {
      file = undefined;
      throw error;
    });
    const { content, etag } = await file;
    if (request.headers.get('if-none-match')?.includes(etag))
      return new Response(null, { status: 304, headers: { etag } });
    return new Response(content, { headers: { 'content-type': `${type}; charset=utf-8`, etag, ...headers } });
  };
}

/**
 * The header that lets a page load styles and images from these sources and otherwise only this service's own files, and
 * that forbids framing it.
 */
export function contentPolicy(styles = "'self'", images = "'self'") {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    `img-src ${images}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { 'content-security-policy': policy.join('; ') };
}
