/** Serves a page's file. @param type its media type */
export function fileAnswer(
  body: string | Blob,
  type: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}

/**
 * The header that lets a page load this service's own files and nothing else, and forbids framing it. Inline scripts and
 * styles are forbidden too, unless a source allows them.
 *
 * @param sources where else styles and images may come from, such as `'unsafe-inline'` or `data:`
 */
export function ownFilesOnly({ style = '', img = '' } = {}): { 'content-security-policy': string } {
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
