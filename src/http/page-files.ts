/** Serves a page's file. @param type its media type */
export function fileAnswer(
  body: string | Blob,
  type: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}

/**
 * The header that lets a page load this service's own files and nothing else, and forbids framing the page.
 *
 * @param sources one more source of styles and one of images, such as `'unsafe-inline'` and `data:`
 */
export function ownFilesOnly(sources: { style?: string; img?: string } = {}): {
  'content-security-policy': string;
} {
  const { style = '', img = '' } = sources;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${style}`,
    `img-src 'self' ${img}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { 'content-security-policy': policy.map((directive) => directive.trim()).join('; ') };
}
