import { swagger } from '@elysiajs/swagger';
import { Elysia } from 'elysia';
import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' };
import bundle from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' };
import { resolve } from 'node:path';
import packageJson from '../../package.json';
import { SWAGGER_PAGE, SWAGGER_START } from './swagger-page.ts';

const hidden = { detail: { hide: true } };

export function docs() {
  return new Elysia()
    .use(
      swagger({
        documentation: {
          openapi: '3.1.0',
          info: { title: 'mock-otp-service', version: packageJson.version, description: 'x' },
          tags: [
            { name: 'otp', description: 'Request, verify and cancel one-time passwords' },
            { name: 'operations', description: 'For whoever runs the service' },
          ],
        },
      }),
    )
    .get('/swagger', asset(SWAGGER_PAGE, 'text/html; charset=utf-8'), hidden)
    .get('/swagger/assets/start.js', asset(SWAGGER_START, 'text/javascript; charset=utf-8'), hidden)
    .get('/swagger/assets/swagger-ui.css', asset(Bun.file(resolve(import.meta.dir, css)), 'text/css; charset=utf-8'), hidden)
    .get('/swagger/assets/swagger-ui-bundle.js', asset(Bun.file(resolve(import.meta.dir, bundle)), 'text/javascript; charset=utf-8'), hidden);
}
function asset(body: string | Blob, type: string): Response {
  return new Response(body, { headers: { 'content-type': type } });
}
