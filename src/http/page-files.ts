/** Serves a page's file. @param type its media type */
export function fileAnswer(
  body: string | Blob,
  type: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}

/** The header that lets a page load styles and images from these sources, and else only the service's own files. */
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
