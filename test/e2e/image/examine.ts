import { type Container, engine, run } from './engine.ts';

const STOP_SECONDS = 10;
const PATIENCE_MS = 20_000;
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
  const listened = await listens(container);
  const started = Date.parse(await container.inspect('{{json .State.StartedAt}}').then(unquoted));

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
    startMs: Math.round(listened - started),
    memoryMb: Math.round(Number(seen.rssKb) / 1024),
    stopMs: Math.round(stopMs),
    faults,
  };
}

/** The time at which the service began to listen. @throws Error with its log if it does not within 20 s */
async function listens(container: Container): Promise<number> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
    const line = (await container.logs()).split('\n').find((line) => line.includes('"listening"'));
    if (line) return Date.parse(JSON.parse(line).time);
    await Bun.sleep(50);
  }
  throw new Error(`the service does not listen: ${await container.logs()}`);
}

const unquoted = (text: string) => text.replaceAll('"', '');
