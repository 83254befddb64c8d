import { expect } from 'bun:test';
import { join } from 'node:path';
import { GLANCE, ROWS } from '../../grafana/panels.ts';
import { freePort } from '../support/free-port.ts';
import { listening } from '../support/process.ts';
import { alertRules, prometheusTest } from '../support/prometheus.ts';

/** The monitoring as a whole: a real Prometheus with our rules scrapes the service under load. */
const KEY = 'scrape-'.repeat(5);
const queries = [...GLANCE, ...Object.values(ROWS).flat()].flatMap((panel) =>
  panel.queries.map(([expr]) => expr),
);

/** Starts a Prometheus that scrapes and evaluates once a second. Disposing kills it. */
async function prometheus(folder: string, target: string) {
  const address = `127.0.0.1:${await freePort()}`;
  const scrape = {
    job_name: 'otp',
    authorization: { type: 'Bearer', credentials: KEY },
    static_configs: [{ targets: [target] }],
  };
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [scrape],
  };
  await Bun.write(join(folder, 'prometheus.yaml'), JSON.stringify(config));
  await Bun.write(join(folder, 'rules.yaml'), JSON.stringify(await alertRules()));
  const child = Bun.spawn(
    [
      'prometheus',
      '--config.file=prometheus.yaml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${address}`,
    ],
    { cwd: folder, stdout: 'ignore', stderr: 'ignore' },
  );
  return {
    /** The result of a query, as numbers. */
    query: async (expr: string): Promise<number[]> => {
      const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expr)}`);
      const { data, error }: { data?: { result: { value: [number, string] }[] }; error?: string } =
        await answer.json();
      if (data === undefined) throw new Error(`${expr}: ${error}`);
      return data.result.map(({ value: [, text] }) => Number(text));
    },
    /** The names of the alerts that fire. */
    firing: async (): Promise<string[]> => {
      const answer = await fetch(`http://${address}/api/v1/alerts`);
      const { data }: { data: { alerts: { state: string; labels: { alertname: string } }[] } } =
        await answer.json();
      return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

/** Asks every half second until the answer is good. @throws Error with the last answer after `seconds` */
async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean, seconds: number): Promise<T> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask().catch((error) => error);
    if (!(answer instanceof Error) && good(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${Bun.inspect(answer)}`);
    await Bun.sleep(500);
  }
}

prometheusTest(
  'Prometheus scrapes the service, every panel of the dashboard has data, and an alert fires when codes are guessed',
  async (folder) => {
    using service = await listening({ OTP_METRICS_KEYS: KEY });
    const { url, line } = service;
    // Read the log, so that it does not block.
    (async () => {
      while ((await line()) !== undefined);
    })();
    await using prom = await prometheus(folder, new URL(url).host);
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
    };
    await until(
      () => prom.query('up'),
      ([up]) => up === 1,
      60,
    );

    // Codes that are verified, replaced, cancelled or left to expire, and now and then a wrong guess.
    for (let second = 0; second < 15; second++) {
      for (let i = 0; i < 10; i++) {
        const user = `user-${second}-${i}`;
        await post('/otp/request', { user, code: '111111', ttl: i === 9 ? 2 : 300 });
        if (i < 7) expect(await post('/otp/verify', { user, code: '111111' })).toBe(200);
        if (i === 7) await post('/otp/request', { user });
        if (i === 8) await post('/otp/cancel', { user });
      }
      await post('/otp/verify', { user: `user-${second}-9`, code: '999999' });
      await Bun.sleep(900);
    }
    const empty: string[] = [];
    for (const expr of queries) {
      const values = await prom.query(
        expr.replaceAll('$__rate_interval', '10s').replaceAll('$namespace', '.*'),
      );
      if (!values.some(Number.isFinite)) empty.push(expr);
    }
    expect(queries.length).toBeGreaterThan(20);
    expect(empty).toEqual([]);
    expect(await prom.firing()).toEqual([]);

    for (let i = 0; i < 500; i++) await post('/otp/verify', { user: `user-14-9`, code: '999999' });
    const firing = await until(prom.firing, (names) => names.length > 0, 60);
    expect(firing).toEqual(['OtpGuessing']);
  },
  300_000,
);
