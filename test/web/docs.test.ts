import { describe, expect, test } from 'bun:test';
import { validate } from '@readme/openapi-parser';
import { tidyDocument } from '../../src/web/openapi-document.ts';
import { rig } from '../support/api.ts';

interface Media {
  schema: { type: string; examples?: object[]; required?: string[]; additionalProperties?: boolean };
}
interface Operation {
  summary: string;
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

const { send, post } = rig();
const { text } = await send('/swagger/json');
const document = (): Document => JSON.parse(text);
const operations = Object.entries(document().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document().openapi).toBe('3.1.0');
    // The parser changes what it is given.
    expect(await validate(JSON.parse(text))).toMatchObject({ valid: true, warnings: [] });
  });

  test('lists every route and none of the files of its page', () => {
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'GET /livez',
      'GET /readyz',
      'POST /otp/cancel',
      'POST /otp/request',
      'POST /otp/verify',
    ]);
  });

  test.each(operations)(
    'describes $name with every status, its schema and an example',
    ({ path, operation }) => {
      expect(operation.summary).not.toBe('');
      const common = ['400', '401', '403', '413', '415', '500'];
      const own: Record<string, string[]> = {
        '/otp/request': ['200', ...common, '429', '503'],
        '/otp/verify': ['200', ...common, '404', '410', '429'],
        '/otp/cancel': ['200', ...common, '404'],
        '/livez': ['200'],
        '/readyz': ['200', '503'],
      };
      expect(Object.keys(operation.responses).sort()).toEqual(own[path]?.sort() ?? []);
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description).not.toBe('');
        const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
        expect(Object.keys(content)).toEqual([type]);
        const examples = content[type]?.schema.examples ?? [];
        expect(examples.length).toBeGreaterThan(0);
        if (type !== 'application/json')
          for (const example of examples) expect(example).toMatchObject({ status: Number(status) });
      }
      if (path.startsWith('/otp')) {
        const schema = operation.requestBody?.content['application/json']?.schema;
        expect(Object.keys(operation.requestBody?.content ?? {})).toEqual(['application/json']);
        expect(schema).toMatchObject({ additionalProperties: false });
        expect(text).not.toContain('"error":');
      }
    },
  );

  test.each(operations.filter(({ operation }) => operation.requestBody))(
    'has an example for $name that the service takes',
    async ({ path, operation }) => {
      const [example] = operation.requestBody?.content['application/json']?.schema.examples ?? [];
      const { status } = await post(path, example);
      expect(status).not.toBe(400);
      expect(Object.keys(operation.responses)).toContain(String(status));
    },
  );

  test('is refused by us, and not served, if the plugin ever makes it in another form', () => {
    expect(() => tidyDocument({ paths: { '/x': { get: { responses: { 200: {} } } } } })).toThrow(
      'unknown form',
    );
    expect(() =>
      tidyDocument({
        paths: { '/x': { get: { responses: { 200: { content: { 'text/plain': { schema: {} } } } } } } },
      }),
    ).toThrow('not JSON');
  });
});

describe('the page at /swagger', () => {
  test('loads nothing from another host', async () => {
    const page = await send('/swagger');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).not.toMatch(/https?:|\/\//);
    const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(3);
    for (const file of files) expect((await send(file)).status).toBe(200);
  });

  test('forbids inline scripts, other hosts and being framed', async () => {
    const policy = (await send('/swagger')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
