import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { description, license, name, version } from '../../package.json';
import { listening } from '../support/process.ts';

const root = join(import.meta.dir, '../..');
const dockerfile = await Bun.file(join(root, 'Dockerfile')).text();
/** The stages that become images, without the one that builds the bundle. */
const images = dockerfile.split(/^FROM /m).filter((stage) => stage.includes('HEALTHCHECK'));

describe('each image', () => {
  test('has labels that repeat package.json', () => {
    expect(images).toHaveLength(2);
    for (const image of images) {
      const labels = [...image.matchAll(/org\.opencontainers\.image\.(\w+)="(.*?)"/g)];
      expect(Object.fromEntries(labels.map(([, key = '', value]) => [key, value]))).toEqual({
        title: name,
        description,
        version,
        licenses: license,
      });
    }
  });

  test('is checked for the first time within two seconds', () => {
    for (const image of images)
      expect(Number(/--interval=(\d+)ms/.exec(image.replace('=1s', '=1000ms'))?.[1])).toBeWithin(
        1_000,
        1_800,
      );
  });

  test.each(['127.0.0.1', '0.0.0.0', '::', 'localhost'])(
    'has a health check that finds a service whose HOST is %s, and fails without it',
    async (HOST) => {
      const service = await listening({ HOST });
      const { port: PORT } = new URL(service.url);
      expect(await healthOf({ HOST, PORT })).toEqual([0, 0]);
      service.child.kill('SIGKILL');
      await service.child.exited;
      expect(await healthOf({ HOST, PORT })).toEqual([1, 1]);
    },
    30_000,
  );

  test('has a health check that fails where the answer is not 200', async () => {
    let status = 503;
    using other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('', { status }) });
    const env = { HOST: '', PORT: String(other.port) };
    expect(await healthOf(env)).toEqual([1, 1]);
    status = 200;
    expect(await healthOf(env)).toEqual([0, 0]);
  });
});

/** The exit statuses of the images' health checks, run on this machine. */
async function healthOf(env: Record<string, string>): Promise<number[]> {
  const commands = images.map((image): string[] =>
    JSON.parse(/HEALTHCHECK.*\\\n\s*CMD (.*)/.exec(image)?.[1] ?? ''),
  );
  const children = commands.map(([program = '', ...args]) =>
    Bun.spawn([program === 'bun' ? process.execPath : program, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stderr: 'ignore',
    }),
  );
  return Promise.all(children.map((child) => child.exited));
}

describe('bun run image', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('asks Podman for the format that keeps health checks, and says why a build failed', async () => {
    const engine = join(folder, 'engine');
    const script = `#!/bin/sh
[ "$1" = info ] && exit 0
echo "STEP 4/9: RUN bun install"
echo "$1 as $BUILDAH_FORMAT: lockfile had changes"
echo "exit status 1" >&2
exit 1
`;
    await Bun.write(engine, script);
    await chmod(engine, 0o755);
    const child = Bun.spawn([process.execPath, 'test/e2e/image/run.ts'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', DOCKER: engine },
      stderr: 'pipe',
    });
    const said = await new Response(child.stderr).text();
    expect(await child.exited).toBe(1);
    expect(said).toContain('build as docker: lockfile had changes\nexit status 1');
    expect(said).not.toContain('engine.ts');
  }, 30_000);
});
