import { createService, type Service } from '../../src/service.ts';
import { ownTime } from './own-time.ts';

/** What a replica has answered, and how long that took in ms of this process's own time. */
export interface ReplicaAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/**
 * So many replicas of the service in this process, each with a connection of its own to the store that `env` names,
 * once they are ready. They are called without a port.
 */
export async function replicas(count: number, env: Record<string, string>) {
  const settings = { HOST: '127.0.0.1', PORT: '0', OTP_PEPPER: 'pepper-for-tests', ...env };
  const all = Array.from({ length: count }, () => createService(settings));
  for (const service of all) await service.listen();
  const one = (replica: number): Service => {
    const service = all[replica];
    if (service === undefined) throw new Error(`there is no replica ${replica}`);
    return service;
  };

  const send = async (replica: number, path: string, init?: RequestInit): Promise<ReplicaAnswer> => {
    const began = ownTime();
    const response = await one(replica).app.handle(new Request(`http://localhost${path}`, init));
    const ms = ownTime() - began;
    const body: Record<string, unknown> = JSON.parse(await response.text());
    return { status: response.status, body, retryAfter: response.headers.get('retry-after'), ms };
  };
  const ready = async () => {
    const answers = await Promise.all(all.map((_, replica) => send(replica, '/readyz')));
    return answers.every(({ status }) => status === 200);
  };
  /** Waits until all are ready. @returns how long that took, in ms of this process's own time */
  const untilReady = async () => {
    const began = ownTime();
    while (!(await ready())) await Bun.sleep(5);
    return ownTime() - began;
  };

  await untilReady();
  return {
    count,
    send,
    untilReady,
    post: (replica: number, path: string, body: unknown) =>
      send(replica, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((service) => service.stop()))),
  };
}
