import { describe, expect, test } from 'bun:test';
import { validate } from '@readme/openapi-parser';
import { createService } from '../../src/service.ts';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Media {
  schema: { type: string; examples?: object[]; items?: object };
}
interface Operation {
  summary: string;
  tags: string[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
}

const { send, post } = testService();
const strictDocument = async () => {
  const env = { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };
  return (await testService(env, [channelOf(async () => {})]).send('/swagger/json')).text;
};
const { text } = await send('/swagger/json');
const document = (): Document => JSON.parse(text);
const operations = Object.entries(document().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);

describe('GET /swagger/json', () => {
  test('the document is valid OpenAPI 3.1', async () => {
    expect(document().openapi).toBe('3.1.0');
    // The parser mutates its argument.
    expect(await validate(JSON.parse(text))).toMatchObject({ valid: true, warnings: [] });
  });

  test('other requests are served while the document is made, between one route and the next', async () => {
    const clock = new ManualClock();
    const { app } = createService({}, { clock });
    let served = 0;
    clock.yieldToEventLoop = async () => {
      const { status } = await app.handle(new Request('http://localhost/livez'));
      if (status === 200) served++;
    };
    expect((await app.handle(new Request('http://localhost/swagger/json'))).status).toBe(200);
    expect(served).toBe(operations.length);
  });

  test('the document lists every route of its mode, and no file of a page', async () => {
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'DELETE /mock/codes',
      'DELETE /mock/faults',
      'DELETE /mock/inbox',
      'GET /livez',
      'GET /metrics',
      'GET /mock/clock',
      'GET /mock/codes',
      'GET /mock/events',
      'GET /mock/faults',
      'GET /mock/inbox',
      'GET /mock/inbox/wait',
      'GET /mock/wheel',
      'GET /readyz',
      'POST /mock/clock',
      'POST /mock/expire',
      'POST /mock/reset',
      'POST /otp/cancel',
      'POST /otp/request',
      'POST /otp/verify',
      'PUT /mock/codes',
      'PUT /mock/faults',
    ]);
    const strict = JSON.parse(await strictDocument());
    expect(Object.keys(strict.paths).sort()).toEqual([
      '/livez',
      '/metrics',
      '/otp/cancel',
      '/otp/request',
      '/otp/verify',
      '/readyz',
    ]);
  });

  test('the document groups all operations, in the order in which one reads them', async () => {
    const groups = ({ tags, paths }: Document) => {
      const all = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { tags }]) => ({ name: `${method} ${path}`, tags })),
      );
      expect(all.filter((one) => !tags.some(({ name }) => one.tags.join() === name))).toEqual([]);
      const within = (tag: string) => all.filter((one) => one.tags.join() === tag).map(({ name }) => name);
      return Object.fromEntries(tags.map(({ name }) => [name, within(name)]));
    };
    const inMockMode = groups(document());
    expect(Object.keys(inMockMode)).toEqual(['otp', 'inbox', 'clock', 'faults', 'operations']);
    expect(inMockMode).toMatchObject({
      otp: ['post /otp/request', 'post /otp/verify', 'post /otp/cancel'],
      inbox: ['get /mock/inbox', 'delete /mock/inbox', 'get /mock/inbox/wait', 'get /mock/events'],
      clock: ['get /mock/clock', 'post /mock/clock', 'post /mock/expire', 'get /mock/wheel'],
    });
    expect(Object.keys(groups(JSON.parse(await strictDocument())))).toEqual(['otp', 'operations']);
  });

  test('no text of the document is eaten as HTML', () => {
    expect(text).toContain('YOUR_KEY');
    expect(text.match(/<\/?[a-z][^>]*>/gi)).toBeNull();
  });

  test.each(operations)(
    'the document describes every status of $name with a schema and an example',
    ({ name, operation }) => {
      expect(operation.summary).not.toBe('');
      const common = ['200', '401', '403', '500', '503'];
      const body = [...common, '400', '413', '415'];
      const own: Record<string, string[]> = {
        'POST /otp/request': [...body, '429'],
        'POST /otp/verify': [...body, '404', '410', '429'],
        'POST /otp/cancel': [...body, '404'],
        'GET /livez': ['200'],
        'GET /metrics': ['200', '401', '500'],
        'GET /readyz': ['200', '503'],
        'GET /mock/inbox/wait': [...common, '400', '404'],
        'GET /mock/wheel': [...common, '400', '409'],
        'POST /mock/clock': body,
        'PUT /mock/codes': body,
        'PUT /mock/faults': body,
        'POST /mock/expire': [...body, '404'],
        'POST /mock/reset': body,
      };
      expect(Object.keys(operation.responses).sort()).toEqual((own[name] ?? [...common, '400']).sort());
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description).not.toBe('');
        const texts: Record<string, string> = {
          'GET /mock/events': 'text/event-stream',
          'GET /metrics': 'text/plain',
        };
        const type = Number(status) < 400 ? (texts[name] ?? 'application/json') : 'application/problem+json';
        expect(Object.keys(content)).toEqual([type]);
        const examples = content[type]?.schema.examples ?? [];
        expect(examples.length).toBeGreaterThan(0);
        if (type === 'application/problem+json')
          for (const example of examples) expect(example).toMatchObject({ status: Number(status) });
      }
      expect(Object.hasOwn(operation, 'requestBody')).toBe(/^P/.test(name));
      if (operation.requestBody === undefined) return;
      const { content } = operation.requestBody;
      const schema = content['application/json']?.schema;
      expect(Object.keys(content)).toEqual(['application/json']);
      expect(schema?.items ?? schema).toMatchObject({ additionalProperties: false });
    },
  );

  test.each(operations.filter(({ operation }) => operation.requestBody))(
    'the service accepts the example for $name in the document',
    async ({ name, path, operation }) => {
      const [example] = operation.requestBody?.content['application/json']?.schema.examples ?? [];
      const { status } = await post(path, example, {}, name.split(' ')[0]);
      expect(status).not.toBe(400);
      expect(Object.keys(operation.responses)).toContain(String(status));
    },
  );

  test('the document has none of our annotations on schemas', () => {
    // A field may have such a name: its schema is an object.
    expect(/"(error|noValidate|mediaType|mayBeAbsent)":(?!\{)/.test(text)).toBeFalse();
    const { requestBody } = document().paths['/mock/reset']?.['post'] ?? {};
    expect(requestBody).toMatchObject({ required: false });
  });
});

describe('files that anyone may load', () => {
  test.each([
    '/',
    '/page/main.ts',
    '/swagger',
    '/swagger/json',
    '/swagger/assets/start.js',
    '/swagger/assets/swagger-ui-bundle.js',
    '/swagger/assets/swagger-ui.css',
  ])('a client that has %s gets 304 without a body', async (path) => {
    const first = await send(path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"\w+"$/);
    for (const given of [etag, `"other", W/${etag}`])
      expect(await send(path, { headers: { 'if-none-match': given } })).toMatchObject({
        status: 304,
        text: '',
      });
    const changed = await send(path, { headers: { 'if-none-match': '"other"' } });
    expect(changed).toMatchObject({ status: 200, text: first.text });
    expect(changed.headers.get('etag')).toBe(etag);
  });

  test('the document is made once, not for each request', async () => {
    const { service, send } = testService();
    const { text } = await send('/swagger/json');
    service.app.get('/late', () => '');
    expect((await send('/swagger/json')).text).toBe(text);
  });
});

describe('GET /swagger', () => {
  test('Swagger UI loads nothing from another host', async () => {
    const page = await send('/swagger');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).not.toMatch(/https?:|\/\//);
    const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(3);
    for (const file of files) expect((await send(file)).status).toBe(200);
  });

  test('Swagger UI forbids inline scripts, other hosts and framing', async () => {
    const policy = (await send('/swagger')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
