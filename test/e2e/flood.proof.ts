import { expect, test } from 'bun:test';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { YAML } from 'bun';
import { Manifests, serviceIn } from '../repo/manifests.ts';

const root = join(import.meta.dir, '../..');

/** Runs two floods, or one of the longest names, of as many users as there is room for. @param prefix the command that starts the process */
async function flood(users: number, highestMb: number, names: 'usual' | 'longest', prefix: string[] = []) {
  const process = Bun.spawn(
    [
      ...prefix,
      globalThis.process.execPath,
      join(import.meta.dir, 'flood-process.ts'),
      String(users),
      ...(names === 'longest' ? [names] : []),
    ],
    {
      // As `bun start`, the image and k8s/ do.
      env: { PATH: globalThis.process.env['PATH'] ?? '', BUN_JSC_forceRAMSize: '536870912' },
      stdout: 'pipe',
    },
  );
  const lines = (await new Response(process.stdout).text()).trimEnd().split('\n');
  console.log(lines.join('\n'));
  expect(await process.exited).toBe(0);
  const floods = lines.map((line) => JSON.parse(line));
  expect(floods).toHaveLength(names === 'longest' ? 1 : 2);
  for (const { statuses, records, verified, left, megabytes } of floods) {
    // The earlier code takes one record, so there is no room for the last user.
    expect(statuses).toEqual({ 200: users - 1, 503: 1 });
    expect(records).toBe(users);
    expect(verified).toBe(200);
    expect(left).toBe(0);
    expect(megabytes).toBeLessThan(highestMb);
  }
}

test.concurrent('the service stays under 1 GiB of memory in two floods of 2,000,000 distinct users each', async () => {
  await flood(2_000_000, 1_024, 'usual');
}, 1_800_000);

test.concurrent('the records that k8s/ allows fit into its memory limit, with the names that take the most', async () => {
  const [config, deployment] = await Promise.all(
    ['configmap', 'deployment'].map(
      async (file): Promise<unknown> => YAML.parse(await Bun.file(join(root, `k8s/${file}.yaml`)).text()),
    ),
  );
  const plain = new Manifests([config, deployment]);
  const { container } = serviceIn(plain);
  const megabytes = Number(/^(\d+)Mi$/.exec(String(container.resources?.limits?.['memory']))?.[1]);
  await using limit = await limitMemory(megabytes);
  await flood(Number(plain.environment(container)['OTP_MAX_LIVE']), megabytes, 'longest', limit.prefix);
}, 600_000);

/**
 * A command that runs another within a limit of memory, as a container has it: the kernel kills what goes above. Where
 * the machine does not let us set one, the command is empty. Disposing lifts the limit.
 */
async function limitMemory(megabytes: number) {
  const group = `/sys/fs/cgroup/memory/otp-flood-${process.pid}`;
  const limited = await mkdir(group)
    .then(() => Bun.write(`${group}/memory.limit_in_bytes`, String(megabytes * 2 ** 20)))
    .then(() => true)
    .catch(() => false);
  console.log(limited ? `with a limit of ${megabytes} MiB` : 'without a limit: no cgroup can be made here');
  return {
    prefix: limited ? ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'] : [],
    [Symbol.asyncDispose]: async () => {
      if (limited) await rmdir(group);
    },
  };
}
