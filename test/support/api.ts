import { type Channel, createService, type Service } from '../../src/service.ts';
import { ManualClock } from './manual-clock.ts';

/** A response of the API, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `{}` if it is not JSON. */
  readonly body: Record<string, unknown>;
}

export interface TestService {
  readonly service: Service;
  readonly clock: ManualClock;
  /** The log so far, one parsed line each. */
  log(): Record<string, unknown>[];
  /** Posts JSON to a path. A string is sent unchanged. */
  post(path: string, body: unknown, headers?: Record<string, string>, method?: string): Promise<Answer>;
  send(path: string, init?: RequestInit): Promise<Answer>;
}

/**
 * A service with a clock that the test moves. It listens on no port: requests go to `app.handle`.
 *
 * @param env settings, by the names of their environment variables
 * @param channels delivery channels, instead of those that the settings configure
 */
export function testService(
  env: Record<string, string> = {},
  channels: readonly Channel[] = [],
): TestService {
  const clock = new ManualClock();
  const lines: string[] = [];
  const service = createService(env, {
    clock,
    write: (text) => lines.push(text),
    channels,
  });

  const send = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await service.app.handle(new Request(`http://localhost${path}`, init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };

  return {
    service,
    clock,
    log: () =>
      lines
        .join('')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    post: (path, body, headers = {}, method = 'POST') =>
      send(path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    send,
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
