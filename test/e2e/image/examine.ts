import { type Container, engine, run } from './engine.ts';

const STOP_SECONDS = 10;
const PATIENCE_MS = 20_000;
const HEALTHY_MS = 2_000;
const PATHS = ['/livez', '/readyz', '/', '/swagger', '/swagger/assets/swagger-ui.css', '/metrics'];

/** A script that examines the container from inside: the images have no curl, and one has no shell. */
const LOOK = `
  const status = await Bun.file('/proc/1/status').text();
  const line = (name) => new RegExp(name + ':\\\\s+(\\\\S+)').exec(status)?.[1];
  const answers = {};
  for (const path of ${JSON.stringify(PATHS)}) answers[path] = (await fetch('http://127.0.0.1:8080' + path)).status;
  const written = await Bun.write('written', 'x').then(() => true, () => false);
  console.log(JSON.stringify({
    uid: line('Uid'), capabilities: line('CapEff'), noNewPrivileges: line('NoNewPrivs'), rssKb: line('VmRSS'),
    answers, written,
  }));
`;

export interface Examined {
  readonly tag: string;
  readonly sizeMb: number;
  /** From the start of the container's process to the service's log line "listening". */
  readonly startMs: number;
  /** From there until the engine calls the container healthy. */
  readonly healthyMs: number;
  readonly memoryMb: number;
  readonly stopMs: number;
  /** What is wrong, in words. */
  readonly faults: readonly string[];
}

/** Runs an image in a hardened container, and checks what Kubernetes and Docker expect of it. */
export async function examine(tag: string): Promise<Examined> {
  const faults: string[] = [];
  const hold = (holds: boolean, fault: string) => holds || faults.push(fault);

  const size = Number(await engine('image', 'inspect', '--format', '{{.Size}}', tag));
  await using container = await run(tag);
  const { time, page, swagger } = await listens(container);
  const started = Date.parse(await container.inspect('{{json .State.StartedAt}}').then(unquoted));
  hold(page === 'http://localhost:8080/', `its log says that the page is at ${page}`);
  hold(swagger === 'http://localhost:8080/swagger', `its log says that Swagger UI is at ${swagger}`);
  const healthyMs = (await healthy(container)) - started;
  hold(healthyMs < HEALTHY_MS, `it is healthy after ${healthyMs} ms only`);

  const seen = JSON.parse(await container.inside('bun', '-e', LOOK));
  for (const [path, status] of Object.entries(seen.answers))
    hold(status === 200, `GET ${path} was answered with ${status}`);
  hold(seen.uid !== '0', 'it runs as root');
  hold(/^0+$/.test(seen.capabilities), `it has capabilities: ${seen.capabilities}`);
  hold(seen.noNewPrivileges === '1', 'it may gain privileges');
  hold(seen.written === false, 'it can write to its file system');

  const [form, ...healthcheck] = JSON.parse(await container.inspect('{{json .Config.Healthcheck.Test}}'));
  hold(form === 'CMD', `its health check needs a shell: ${form}`);
  await container.inside(...healthcheck).catch((error) => hold(false, `its health check fails: ${error}`));

  const asked = performance.now();
  await container.stop(STOP_SECONDS);
  const stopMs = performance.now() - asked;
  const status = await container.inspect('{{.State.ExitCode}}');
  hold(status === '0', `it exited with status ${status} on SIGTERM`);
  return {
    tag,
    sizeMb: Math.round(size / 1e6),
    startMs: Date.parse(time) - started,
    healthyMs,
    memoryMb: Math.round(Number(seen.rssKb) / 1024),
    stopMs: Math.round(stopMs),
    faults,
  };
}

/** The log line with which the service began to listen. @throws Error with its log if it does not within 20 s */
async function listens(container: Container): Promise<{ time: string; page: string; swagger: string }> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
    const line = (await container.logs()).split('\n').find((line) => line.includes('"listening"'));
    if (line) return JSON.parse(line);
    await Bun.sleep(50);
  }
  throw new Error(`the service does not listen: ${await container.logs()}`);
}

/** The time at which the engine calls a container healthy. @throws Error if it does not within 20 s */
async function healthy(container: Container): Promise<number> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
    if ((await container.inspect('{{.State.Health.Status}}')) === 'healthy') return Date.now();
    await Bun.sleep(50);
  }
  throw new Error('the container does not become healthy');
}

const unquoted = (text: string) => text.replaceAll('"', '');
