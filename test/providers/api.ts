import { type Answer, testService } from '../support/api.ts';

/** A service, and its calls as a provider's clients make them. */
export function providerRig(env: Record<string, string> = {}) {
  const service = testService(env);
  const basic = `Basic ${btoa(`AC${'a'.repeat(32)}:token`)}`;

  const call = (method: string, path: string, type?: string, body?: string): Promise<Answer> =>
    service.send(path, {
      method,
      headers: { authorization: basic, ...(type && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });

  return {
    ...service,
    call,
    get: (path: string) => call('GET', path),
    form: (path: string, fields: Record<string, string>) =>
      call('POST', path, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString()),
    json: (path: string, body: object) => call('POST', path, 'application/json', JSON.stringify(body)),
    /** The newest message of a user. */
    message: async (user: string): Promise<Record<string, unknown>> => {
      const { body } = await service.send(`/mock/inbox?user=${encodeURIComponent(user)}&limit=1`);
      const [message] = body['messages'] as Record<string, unknown>[];
      if (message === undefined) throw new Error(`${user} has no message`);
      return message;
    },
    /** Moves service time ahead, and expires what is due. */
    pass: (seconds: number) => service.post('/mock/clock', { advance: seconds }),
  };
}
