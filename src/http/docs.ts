/// <reference path="./assets.d.ts" />
import { resolve } from 'node:path';
import { swagger } from '@elysiajs/swagger';
import { Elysia } from 'elysia';
import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' };
import bundle from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' };
import { version } from '../../package.json';
import { KEY_SCHEME, METRICS_KEY_SCHEME } from './keys.ts';
import { tidyDocument } from './openapi-document.ts';
import { PAGE_POLICY, SWAGGER_PAGE, SWAGGER_SCRIPT } from './swagger-page.ts';

const DOCUMENT_PATH = '/swagger/json';

const DESCRIPTION = `Makes one-time passwords, checks them once, and lets them expire.

Every error is \`application/problem+json\` (RFC 9457): \`code\` is its stable name, \`detail\` says what to do.
Every answer carries \`X-Request-Id\`: the request's own if it is 1 to 64 of \`A-Z a-z 0-9 _ . : -\`, else a new one.`;

/** The keys that the document mentions; empty for none. */
interface DocumentedKeys {
  readonly OTP_API_KEYS: readonly string[];
  readonly OTP_METRICS_KEYS: readonly string[];
}

/** `/swagger` with all that its page loads, and the OpenAPI document. */
export function docs({ OTP_API_KEYS, OTP_METRICS_KEYS }: DocumentedKeys) {
  const bearer = { type: 'http', scheme: 'bearer' } as const;
  const securitySchemes = {
    ...(OTP_API_KEYS.length > 0 && { [KEY_SCHEME]: bearer }),
    ...(OTP_METRICS_KEYS.length > 0 && { [METRICS_KEY_SCHEME]: bearer }),
  };
  const documentation = {
    openapi: '3.1.0',
    ...(Object.keys(securitySchemes).length > 0 && { components: { securitySchemes } }),
    info: { title: 'mock-otp-service', version, description: DESCRIPTION },
    tags: [
      { name: 'otp', description: 'Request, verify and cancel one-time passwords' },
      { name: 'mock', description: 'What the real provider cannot give a test: mock mode only' },
      { name: 'operations', description: 'For whoever runs the service' },
    ],
  };
  const hidden = { detail: { hide: true } };
  return (
    new Elysia()
      .onAfterHandle(({ route, responseValue }) =>
        route === DOCUMENT_PATH ? tidyDocument(responseValue) : undefined,
      )
      .use(swagger({ specPath: DOCUMENT_PATH, documentation }))
      // The plugin's page loads from another host. A route that comes later takes its place. None is a ready-made
      // Response: Elysia would look for those at the wrong place in a URL with a short host, as in http://otp/swagger.
      .get('/swagger', file(SWAGGER_PAGE, 'text/html', { 'content-security-policy': PAGE_POLICY }), hidden)
      .get('/swagger/assets/start.js', file(SWAGGER_SCRIPT, 'text/javascript'), hidden)
      .get('/swagger/assets/swagger-ui-bundle.js', file(asset(bundle), 'text/javascript'), hidden)
      .get('/swagger/assets/swagger-ui.css', file(asset(css), 'text/css'), hidden)
  );
}

/** A file of Swagger UI's. In a bundle its path is relative to the bundle, not to the folder that one starts it in. */
function asset(path: string): Blob {
  return Bun.file(resolve(import.meta.dir, path));
}

function file(body: string | Blob, type: string, headers: Record<string, string> = {}) {
  return () => new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}
