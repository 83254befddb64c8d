import { describe, expect, test } from 'bun:test';
import { Type } from '@sinclair/typebox';
import { type Answer, testService } from '../support/api.ts';

const { post, send } = testService();

/** Expects a problem that follows RFC 9457 and the service's own rules. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { status, code } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Object.keys(answer.body).slice(0, 5)).toEqual(['type', 'title', 'status', 'detail', 'code']);
  expect(Buffer.byteLength(answer.text)).toBeLessThan(1_024);
}

describe('malformed_json', () => {
  test.each([
    ['an empty body', ''],
    ['half an object', '{"user":"alice"'],
    ['text after the object', '{"user":"alice"} x'],
    ['NaN', '{"user":NaN}'],
    ['a bare word', 'alice'],
    ['single quotes', "{'user':'alice'}"],
    ['a lone quote', '{"user":"alice'],
    ['a trailing comma', '{"user":"alice",}'],
    ['a missing colon', '{"user" "alice"}'],
    ['a key without quotes', '{user:"alice"}'],
    ['a comment', '{"user":"alice"} // hello'],
    ['a leading zero', '{"user":"alice","ttl":060}'],
    ['a plus sign', '{"user":"alice","ttl":+60}'],
    ['a bare decimal point', '{"user":"alice","ttl":60.}'],
    ['a hexadecimal number', '{"user":"alice","ttl":0x3c}'],
    ['an unknown escape', '{"user":"\\x41"}'],
    ['half an escape', '{"user":"\\u12"}'],
    ['an unescaped line break in a string', '{"user":"al\nice"}'],
    ['two objects', '{"user":"alice"}{"user":"bob"}'],
    ['Infinity', '{"user":"alice","ttl":Infinity}'],
    ['8,000 brackets that never close', '['.repeat(8_000)],
  ])('a body with invalid JSON is 400 malformed_json: %s', async (_, body) => {
    expectProblem(await post('/otp/request', body), 400, 'malformed_json');
  });

  test.each([
    ['POST', '/otp/request', '{"user":"alice","user":"bob"}'],
    ['POST', '/otp/request', '{"user":"alice","user":"alice"}'],
    ['POST', '/otp/request', String.raw`{"user":"alice","\u0075ser":"bob"}`],
    ['POST', '/otp/verify', '{"user":"alice","code":"111111","code":"222222"}'],
    ['POST', '/otp/cancel', '{"user":"alice","__proto__":1,"__proto__":2}'],
    ['PUT', '/mock/codes', '[{"user":"alice","code":"111111","user":"bob"}]'],
  ])('a key twice in one object is 400 malformed_json: %s %s %s', async (method, path, body) => {
    expectProblem(await post(path, body, {}, method), 400, 'malformed_json');
  });

  test('a key may be in several objects of one body', async () => {
    const body = '[{"user":"alice","code":"111111"},{"user":"a:\\"user\\":","code":"222222"}]';
    expect((await post('/mock/codes', body, {}, 'PUT')).status).toBe(200);
    expect((await post('/mock/codes', '[]', {}, 'PUT')).status).toBe(200);
  });

  test.each([
    ['', 'The body is empty.'],
    ['{"user":"alice"', 'The body ends before its JSON does.'],
    ['{user:"alice"}', 'The body stops being JSON at line 1, column 2.'],
    ['{\n  "user": "😀",\n  "ttl": 60.\n}', 'The body stops being JSON at line 3, column 12.'],
    ['{"user":"😀" 987654321}', 'The body stops being JSON at line 1, column 13.'],
    ['{"user":"alice","user":"bob"}', 'The body has an object with a key twice.'],
  ])('the detail says where the JSON breaks and repeats none of it: %j', async (body, detail) => {
    const answer = await post('/otp/request', body);
    expect(answer.body['detail']).toBe(`${detail} Send JSON in UTF-8, with each key of an object once.`);
  });

  test.each([
    ['a stray byte', [0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a character', [0xe2, 0x82]],
  ])('a body with invalid UTF-8 is 400 malformed_json: %s', async (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"user":"'), Buffer.from(bytes), Buffer.from('"}')]);
    const headers = { 'content-type': 'application/json' };
    expectProblem(await send('/otp/request', { method: 'POST', headers, body }), 400, 'malformed_json');
  });

  test('a missing body is 400 malformed_json', async () => {
    expectProblem(await send('/otp/request', { method: 'POST' }), 400, 'malformed_json');
  });
});

describe('invalid_request', () => {
  const text = 'must be a string of 1 to 256 bytes of UTF-8 without control characters';
  const purpose = 'must be a string of 1 to 64 bytes of UTF-8 without control characters';
  const digits = 'must be a string of 4 to 10 ASCII digits';
  const user = 'alice';

  test.each([
    ['/otp/request', {}, '/user', 'is missing'],
    ['/otp/request', { user: null }, '/user', text],
    ['/otp/request', { user: 5 }, '/user', text],
    ['/otp/request', { user: ['alice'] }, '/user', text],
    ['/otp/request', { user: '' }, '/user', text],
    ['/otp/request', { user: 'a'.repeat(257) }, '/user', text],
    ['/otp/request', { user: 'é'.repeat(129) }, '/user', text],
    ['/otp/request', { user: 'a\nb' }, '/user', text],
    ['/otp/request', { user: 'a\u0000b' }, '/user', text],
    ['/otp/request', { user: 'a\u007fb' }, '/user', text],
    ['/otp/request', { user: 'a\u009bb' }, '/user', text],
    ['/otp/request', { user: 'a\ud800' }, '/user', text],
    ['/otp/request', { user, purpose: '' }, '/purpose', purpose],
    ['/otp/request', { user, purpose: 'p'.repeat(65) }, '/purpose', purpose],
    ['/otp/request', { user, purpose: null }, '/purpose', purpose],
    ['/otp/request', { user, purpose: '\udc00' }, '/purpose', purpose],
    ['/otp/request', { user, ttl: 0 }, '/ttl', 'must be a whole number from 1 to 3600'],
    ['/otp/request', { user, ttl: 3_601 }, '/ttl', 'must be a whole number from 1 to 3600'],
    ['/otp/request', { user, ttl: 1.5 }, '/ttl', 'must be a whole number from 1 to 3600'],
    ['/otp/request', { user, ttl: '60' }, '/ttl', 'must be a whole number from 1 to 3600'],
    ['/otp/request', { user, code: '123' }, '/code', digits],
    ['/otp/request', { user, code: 123_456 }, '/code', digits],
    ['/otp/request', { user, tll: 60 }, '/tll', 'is not a field of this request; did you mean ttl?'],
    ['/otp/verify', { user }, '/code', 'is missing'],
    ['/otp/verify', { user, code: 123_456 }, '/code', digits],
    ['/otp/verify', { user, code: '' }, '/code', digits],
    ['/otp/verify', { user, code: '123' }, '/code', digits],
    ['/otp/verify', { user, code: '12345678901' }, '/code', digits],
    ['/otp/verify', { user, code: ' 123456' }, '/code', digits],
    ['/otp/verify', { user, code: '123456\n' }, '/code', digits],
    ['/otp/verify', { user, code: '+12345' }, '/code', digits],
    ['/otp/verify', { user, code: '１２３４５６' }, '/code', digits],
    ['/otp/verify', { user, code: '١٢٣٤٥٦' }, '/code', digits],
    ['/otp/verify', { user, code: '123456', ttl: 5 }, '/ttl', 'is not a field of this request'],
    ['/otp/cancel', { user, code: '123456' }, '/code', 'is not a field of this request'],
    ['/otp/request', [], '', 'must be a JSON object'],
    ['/otp/request', 'null', '', 'must be a JSON object'],
    ['/otp/request', `${'['.repeat(8_000)}${']'.repeat(8_000)}`, '', 'must be a JSON object'],
    ['/otp/request', '7', '', 'must be a JSON object'],
    [
      '/otp/request',
      '{"user":"alice","__proto__":{"ttl":1}}',
      '/__proto__',
      'is not a field of this request',
    ],
    ['/otp/request', '{"user":"alice","\\u001b[31m\\u0085":1}', '/[31m', 'is not a field of this request'],
    ['/otp/request', '{"user":"alice","constructor":1}', '/constructor', 'is not a field of this request'],
  ])('an invalid field is 400 invalid_request with its name: %s %j', async (path, body, field, detail) => {
    const answer = await post(path, body);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body['errors']).toEqual([{ field, detail }]);
  });

  test('several invalid fields are each named once', async () => {
    const { body } = await post('/otp/request', { user: 5, purpose: '', ttl: 'x', code: 1, more: true });
    expect(body['errors']).toMatchObject([
      { field: '/more' },
      { field: '/user' },
      { field: '/purpose' },
      { field: '/ttl' },
      { field: '/code' },
    ]);
  });

  test('at most eight invalid fields are named', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, 1]));
    const answer = await post('/otp/request', { user, ...unknown });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body['errors']).toHaveLength(8);
  });

  test.each(['n', '😀', '\ud800', '~', '/'])(
    'long names of %j are cut to 64 characters, and the problem stays under 1 KiB',
    async (letter) => {
      const unknown = Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`${i}${letter.repeat(200)}`, 1]),
      );
      const answer = await post('/otp/request', { user, ...unknown });
      expectProblem(answer, 400, 'invalid_request');
      const errors = answer.body['errors'] as { field: string }[];
      expect(errors.length).toBeWithin(1, 9);
      for (const { field } of errors) expect([...field]).toHaveLength(65);
    },
  );

  test.each([
    ['an object that cannot be converted to text', '{"toString":1}'],
    ['a list of such objects', '[{"toString":null,"valueOf":1}]'],
    ['5,000 nested lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['a number that overflows', '1e400'],
  ])('any JSON value in a field can be refused: %s', async (_, value) => {
    for (const path of ['/otp/request', '/otp/verify', '/otp/cancel']) {
      expectProblem(await post(path, `{"user":${value}}`), 400, 'invalid_request');
      expectProblem(
        await post(path, `{"user":"alice","code":"123456","x":${value}}`),
        400,
        'invalid_request',
      );
    }
  });
});

describe('users and input', () => {
  test.each([
    '__proto__',
    'constructor',
    'toString',
    ' alice ',
    'ALICE',
    'é',
    'e\u0301',
    '😀',
    'a'.repeat(256),
    'é'.repeat(128),
  ])('a user is an opaque string: %j is a user like any other', async (user) => {
    const { body, status } = await post('/otp/request', { user });
    expect(status).toBe(200);
    expect((await post('/otp/verify', { user, code: body['code'] })).body['user']).toBe(user);
  });

  test.each(['/otp/request', '/otp/verify', '/otp/cancel'])(
    'an error of %s never repeats a value',
    async (path) => {
      const answer = await post(path, {
        user: 987_654_321,
        purpose: 987_654_321,
        code: 987_654_321,
        ttl: 'x987654321',
      });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.text).not.toContain('987654321');
      expect((await post(path, '{"user": 987654321')).text).not.toContain('987654321');
    },
  );
});

describe('unsupported_media_type', () => {
  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=latin1'],
    ['application/jsonp'],
    ['application/problem+json'],
  ])('a body of type %s is 415 unsupported_media_type', async (type) => {
    expectProblem(
      await post('/otp/request', '{"user":"alice"}', { 'content-type': type }),
      415,
      'unsupported_media_type',
    );
  });

  test('the detail names the header that curl needs, which sends a form by itself', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await post('/otp/request', '{"user":"alice"}', headers);
    expect(body['detail']).toContain('with the header Content-Type: application/json');
  });

  test('a compressed body is 415 unsupported_media_type', async () => {
    const answer = await post('/otp/request', '{"user":"alice"}', { 'content-encoding': 'gzip' });
    expectProblem(answer, 415, 'unsupported_media_type');
  });

  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json;charset=utf-8',
    'Application/Json ; Charset="UTF-8"',
  ])('a body of type %s is accepted', async (type) => {
    expect((await post('/otp/request', { user: 'alice' }, { 'content-type': type })).status).toBe(200);
  });
});

describe('body_too_large', () => {
  const padded = (bytes: number) => `{"user":"alice"}${' '.repeat(bytes - 16)}`;

  test('a body of 16,384 bytes is accepted', async () => {
    expect((await post('/otp/request', padded(16_384))).status).toBe(200);
  });

  test('a body of 16,385 bytes is 413 body_too_large by its announced length', async () => {
    const body = padded(16_385);
    expectProblem(await post('/otp/request', body, { 'content-length': '16385' }), 413, 'body_too_large');
  });

  test('a body of 16,385 bytes is 413 body_too_large without an announced length', async () => {
    expectProblem(await post('/otp/request', padded(16_385)), 413, 'body_too_large');
  });
});

describe('paths and methods', () => {
  test.each([
    '/otp',
    '/otp/',
    '/otp/request/',
    '/otp//request',
    '/OTP/request',
    '/otp/%72equest',
    '/otp/requests',
  ])('an unknown path is 404 not_found: %s', async (path) => {
    expectProblem(await post(path, { user: 'alice' }), 404, 'not_found');
  });

  test.each([
    ['GET', '/otp/request', 'POST'],
    ['PUT', '/otp/verify', 'POST'],
    ['DELETE', '/otp/cancel', 'POST'],
    ['OPTIONS', '/otp/request', 'POST'],
    ['OPTIONS', '/livez', 'GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['POST', '/swagger', 'GET, HEAD'],
  ])(
    'an unsupported method is 405 method_not_allowed: %s %s, with Allow: %s',
    async (method, path, allow) => {
      const answer = await send(path, { method });
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.body['detail']).toBe(`This path supports ${answer.headers.get('allow')} only.`);
      expect(answer.headers.get('allow')).toBe(allow);
    },
  );

  test('404 and 405 are checked before 415, 413 and 400', async () => {
    expectProblem(await post('/nowhere', 'x', { 'content-type': 'text/plain' }), 404, 'not_found');
    expectProblem(
      await send('/otp/request', { method: 'PUT', body: 'x'.repeat(20_000) }),
      405,
      'method_not_allowed',
    );
  });

  test('415 is checked before 413, and 413 before 400', async () => {
    const tooLarge = 'x'.repeat(20_000);
    expectProblem(
      await post('/otp/request', tooLarge, { 'content-type': 'text/plain' }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await post('/otp/request', tooLarge), 413, 'body_too_large');
  });
});

describe('internal', () => {
  const { service, send, clock, log } = testService();
  service.app
    .get('/broken', () => {
      throw new Error('secret');
    })
    .get('/untrue', () => ({ code: '123456' as never }), { response: Type.Object({ code: Type.Integer() }) });

  test.each([
    ['/broken', 'secret'],
    ['/untrue', 'breaks its schema at /code'],
  ])(
    'a bug is 500 internal, reveals nothing, and is logged once with the request’s id: %s',
    async (path, logged) => {
      const answer = await send(path, { headers: { 'x-request-id': `r${path}`.replace('/', ':') } });
      expectProblem(answer, 500, 'internal');
      expect(answer.text).not.toContain('secret');
      await clock.settle();
      const lines = log().filter(({ requestId }) => requestId === `r${path}`.replace('/', ':'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ level: 'error' });
      expect(lines[0]?.['error']).toContain(logged);
      expect(JSON.stringify(lines)).not.toContain('123456');
    },
  );
});

describe('headers', () => {
  test.each([
    ['POST', '/otp/request', '{"user":"alice"}'],
    ['POST', '/otp/cancel', 'x'],
    ['POST', '/otp/verify', '{"user":"nobody","code":"123456"}'],
    ['GET', '/otp/verify', undefined],
    ['GET', '/nowhere', undefined],
    ['GET', '/livez', undefined],
    ['GET', '/readyz', undefined],
    ['GET', '/swagger', undefined],
    ['GET', '/swagger/json', undefined],
    ['GET', '/swagger/assets/start.js', undefined],
  ])(
    'the answer to %s %s forbids caching and sniffing, has a request id, and names no software',
    async (method, path, body) => {
      const { headers } = await send(path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body }),
      });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toMatch(/^\w+-r\d+$/);
      for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
        expect(headers.get(name)).toBeNull();
    },
  );

  test('an answer carries the client’s request id if it is safe, otherwise a new one', async () => {
    const id = async (given: string) =>
      (await send('/livez', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('4bf92f35-77b3.A_b:1')).toBe('4bf92f35-77b3.A_b:1');
    for (const given of ['', 'a b', 'x'.repeat(65), '<script>', '"'])
      expect(await id(given)).toMatch(/^\w+-r\d+$/);
  });
});
