import { join } from 'node:path';
import { $ } from 'bun';

const root = join(import.meta.dir, '../..');

/**
 * Compiles manifests as TypeScript literals, which finds fields that Kubernetes does not know. Returns the compiler's
 * errors, "" if there are none.
 *
 * @param modules for each module, its manifests by the name of their type
 */
export async function unknownFields(
  modules: Record<string, Record<string, readonly object[]>>,
): Promise<string> {
  const lines = Object.entries(modules).flatMap(([module, manifests]) => [
    `import type { ${Object.keys(manifests).join(', ')} } from '${module}';`,
    ...Object.entries(manifests).map(
      ([type, several]) => `export const some${type}: ${type}[] = ${JSON.stringify(several)};`,
    ),
  ]);
  const file = join(root, `node_modules/.cache/manifests-${Bun.randomUUIDv7()}.ts`);
  await Bun.write(file, lines.join('\n'));
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler';
  const said = await $`bunx tsc ${options.split(' ')} ${file}`.cwd(root).nothrow().text();
  await Bun.file(file).delete();
  return said;
}
