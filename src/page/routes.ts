import { type BunFile, Glob, Transpiler } from 'bun';
import { Elysia } from 'elysia';
import { contentPolicy, fileHandler } from '../http/page-files.ts';

/** The page's folder, relative to this file, and to the bundle in the distroless image. */
const FOLDER = new URL('../page/', import.meta.url);

const transpiler = new Transpiler({ loader: 'ts', target: 'browser', minifyWhitespace: true });

/** How each kind of file is served. Scripts keep their names, so that their imports work. */
const KINDS = [
  { files: 'main.ts', type: 'text/javascript', read: withoutTypes },
  { files: '{model,view}/*.ts', type: 'text/javascript', read: withoutTypes },
  { files: '**/*.css', type: 'text/css', read: (file: BunFile) => file.text() },
  { files: '**/*.svg', type: 'image/svg+xml', read: (file: BunFile) => file.text() },
] as const;

/** The page at `/`, and its files below `/page/`, served from their sources without a build step. */
export function pageRoutes(): Elysia {
  const routes = new Elysia({ detail: { hide: true } });
  const html = Bun.file(new URL('index.html', FOLDER));
  routes.get(
    '/',
    fileHandler(() => html.text(), 'text/html', contentPolicy()),
  );
  for (const { files, type, read } of KINDS) {
    for (const path of new Glob(files).scanSync(Bun.fileURLToPath(FOLDER)))
      routes.get(
        `/page/${path}`,
        fileHandler(() => read(Bun.file(new URL(path, FOLDER))), type),
      );
  }
  return routes;
}

async function withoutTypes(script: BunFile): Promise<string> {
  return transpiler.transformSync(await script.text());
}
