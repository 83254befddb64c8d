import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';

const root = join(import.meta.dir, '../..');

/** Builds the bundle and lays it out as the Dockerfile does. Disposing deletes it. */
export async function bundled() {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const dockerfile = await Bun.file(join(root, 'Dockerfile')).text();
  const [, options] = /^RUN bun build (.*)--outdir=service src\/main.ts$/m.exec(dockerfile) ?? [];
  if (options === undefined) throw new Error('the Dockerfile does not build the bundle');
  await $`${process.execPath} build ${options.trim().split(' ')} --outdir=${folder}/service src/main.ts`
    .cwd(root)
    .quiet();
  await cp(join(root, 'src/page'), join(folder, 'page'), { recursive: true });
  const empty = join(folder, 'empty');
  await mkdir(empty);
  return {
    main: join(folder, 'service/main.js'),
    /** An empty folder to start the bundle in. */
    empty,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
