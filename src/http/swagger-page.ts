/** The page at /swagger. All that it loads comes from this service, so it works with no internet. */
export const SWAGGER_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>mock-otp-service: API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/swagger/assets/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/swagger/assets/swagger-ui-bundle.js"></script>
    <script src="/swagger/assets/start.js"></script>
  </body>
</html>
`;

/** Starts Swagger UI, dark where the reader's system is. A file of its own, so that no script is inline. */
export const SWAGGER_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({ url: '/swagger/json', dom_id: '#swagger-ui', validatorUrl: null });
`;

/** What the page may load: this service's own files. Swagger UI styles inline and has its icons as data. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
