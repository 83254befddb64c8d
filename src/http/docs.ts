/// <reference path="./assets.d.ts" />
import { resolve } from 'node:path';
import { type AnyElysia, Elysia } from 'elysia';
import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' };
import bundle from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' };
import { version } from '../../package.json';
import type { Clock } from '../core/clock.ts';
import { KEY_SCHEME, METRICS_KEY_SCHEME } from './keys.ts';
import { openApiDocument } from './openapi-document.ts';
import { contentPolicy, fileHandler } from './page-files.ts';

const DESCRIPTION = `Issues one-time passwords, verifies each of them once, and expires them.

Every error is \`application/problem+json\` (RFC 9457). \`code\` is its stable name, and \`detail\` says what to do.
Every response has \`X-Request-Id\`: the request's own if it is 1 to 64 of \`A-Z a-z 0-9 _ . : -\`, otherwise a new one.`;

/** The page at /swagger. Everything that it loads comes from this service, so it works without internet. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>mock-otp-service API</title>
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

/**
 * Starts Swagger UI, in dark mode if the reader's system is. A separate file, since inline scripts are forbidden.
 *
 * A stream of events cannot be tried out there: Swagger UI waits for the end of an answer, and a stream has none.
 */
const SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
const STREAM = ['responses', '200', 'content', 'text/event-stream'];
const ends = () => (state, path, method) => !state.hasIn(['json', 'paths', path, method, ...STREAM]);
const noStreams = { statePlugins: { spec: { wrapSelectors: { allowTryItOutFor: ends } } } };
SwaggerUIBundle({ url: '/swagger/json', dom_id: '#swagger-ui', validatorUrl: null, plugins: [noStreams] });
`;

/**
 * `/swagger`: Swagger UI, with every file that it loads, and the OpenAPI document.
 *
 * @param root the app; its routes may still be added
 * @param config the keys that the document mentions, if there are any
 */
export function docs(
  root: Pick<AnyElysia, 'routes'>,
  config: Record<'OTP_API_KEYS' | 'OTP_METRICS_KEYS', readonly string[]>,
  clock: Clock,
) {
  const bearer = { type: 'http', scheme: 'bearer' } as const;
  const securitySchemes = {
    ...(config.OTP_API_KEYS.length > 0 && { [KEY_SCHEME]: bearer }),
    ...(config.OTP_METRICS_KEYS.length > 0 && { [METRICS_KEY_SCHEME]: bearer }),
  };
  const about = {
    openapi: '3.1.0',
    components: { securitySchemes },
    info: { title: 'mock-otp-service', version, description: DESCRIPTION },
    tags: [
      // In the order in which one reads them. A group without operations is left out.
      { name: 'otp', description: 'Request, verify and cancel one-time passwords' },
      { name: 'inbox', description: 'Read codes, wait for them, follow events (mock mode)' },
      { name: 'clock', description: 'Move time, expire a code, look at the wheel (mock mode)' },
      { name: 'faults', description: 'Fix codes, make calls fail, start clean (mock mode)' },
      { name: 'operations', description: 'Probes and metrics for operators' },
    ],
  };
  // Swagger UI has inline styles, and its icons are `data:` URLs.
  const policy = contentPolicy("'self' 'unsafe-inline'", "'self' data:");
  return new Elysia({ detail: { hide: true } })
    .get(
      '/swagger/json',
      fileHandler(() => openApiDocument(about, root.routes, clock), 'application/json'),
    )
    .get(
      '/swagger',
      fileHandler(() => PAGE, 'text/html', policy),
    )
    .get(
      '/swagger/assets/start.js',
      fileHandler(() => SCRIPT, 'text/javascript'),
    )
    .get('/swagger/assets/swagger-ui-bundle.js', asset(bundle, 'text/javascript'))
    .get('/swagger/assets/swagger-ui.css', asset(css, 'text/css'));
}

/** Serves a file of Swagger UI to browsers, which all accept gzip: sending 1.7 MB costs as much as 15 small answers. */
function asset(path: string, type: string) {
  // In a bundle the path is relative to the bundle, not to the working directory.
  const file = Bun.file(resolve(import.meta.dir, path));
  const compressed = () => new Response(file.stream().pipeThrough(new CompressionStream('gzip'))).bytes();
  return fileHandler(compressed, type, { 'content-encoding': 'gzip' });
}
