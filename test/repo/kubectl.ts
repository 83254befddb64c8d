import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, Glob, YAML } from 'bun';
import { testNeeding } from '../support/needing.ts';
import { Manifests } from './manifests.ts';

const root = join(import.meta.dir, '../..');

/** The secrets that an operator puts into `secrets.env` and `valkey/password.env`. */
export const SECRETS = {
  OTP_PEPPER: 'a'.repeat(48),
  VALKEY_PASSWORD: 'b'.repeat(48),
  OTP_API_KEYS: 'c'.repeat(48),
};

/**
 * A test with kubectl, in a copy of the manifests that it may change. Without kubectl it is skipped with a note of what
 * to install; in CI it fails.
 */
export function kubectlTest(name: string, run: (folder: string) => Promise<void>, timeoutMs = 180_000): void {
  const lack = 'no kubectl found: https://kubernetes.io/docs/tasks/tools/ (1.27 or later)';
  testNeeding(
    Bun.which('kubectl') ? undefined : lack,
    name,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'manifests-'));
      try {
        for (const part of ['k8s', 'k8s-scaled']) {
          await cp(join(root, part), join(folder, part), { recursive: true });
        }
        await writeSecrets(folder);
        await run(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    timeoutMs,
  );
}

/** Writes the two files of secrets, as the commands in docs/kubernetes.md do. */
export async function writeSecrets(folder: string, changed: Partial<typeof SECRETS> = {}): Promise<void> {
  const { VALKEY_PASSWORD, ...others } = { ...SECRETS, ...changed };
  const lines = Object.entries(others).map(([name, value]) => `${name}=${value}\n`);
  await Bun.write(join(folder, 'k8s-scaled/secrets.env'), lines.join(''));
  await Bun.write(join(folder, 'k8s-scaled/valkey/password.env'), `VALKEY_PASSWORD=${VALKEY_PASSWORD}\n`);
}

/** Replaces `from` by `to` in a file of the folder. @throws Error if `from` is not there */
export async function change(folder: string, file: string, from: string, to: string): Promise<void> {
  const text = await Bun.file(join(folder, file)).text();
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await Bun.write(join(folder, file), text.replace(from, to));
}

/** The optional parts of the scaled form, by their folder in `k8s/`. */
export const COMPONENTS = ['ingress', 'monitoring', 'namespace'];

/** Adds an optional part to the scaled form, as an operator does: removes the comment sign. */
export const addComponent = (folder: string, name: string) =>
  change(folder, 'k8s-scaled/kustomization.yaml', `\n# - ../k8s/${name}\n`, `\n- ../k8s/${name}\n`);

/** The plain form, and all that `kubectl apply -f` can add to it. */
export async function plain(folder: string): Promise<Manifests> {
  const files = await Array.fromAsync(new Glob('**/*.yaml').scan(join(folder, 'k8s')));
  const read = (file: string) => Bun.file(join(folder, 'k8s', file)).text();
  return new Manifests(
    await Promise.all(files.map(async (file): Promise<unknown> => YAML.parse(await read(file)))),
  );
}

/** What `kubectl apply -k` would send. @throws Error with kubectl's message if it fails or warns */
export async function rendered(folder: string): Promise<Manifests> {
  const { stdout, stderr } = await $`kubectl kustomize k8s-scaled`.cwd(folder).quiet().nothrow();
  if (stderr.length > 0) throw new Error(stderr.toString());
  const all: unknown = YAML.parse(stdout.toString());
  return new Manifests(Array.isArray(all) ? all : [all]);
}

/** What `kubectl apply -f` of a folder would send, as `kind/name`. */
export async function read(folder: string): Promise<string[]> {
  const said = await $`kubectl label --local -o name -f ${folder} any=label`.quiet().text();
  return said.trim().split('\n').sort();
}
