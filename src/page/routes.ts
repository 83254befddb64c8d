import { type BunFile, Glob, Transpiler } from 'bun';
import { Elysia } from 'elysia';

const FOLDER = new URL('../page/', import.meta.url);

/** What the page may load: this service's own files, and nothing inline. Nobody may frame it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const transpiler = new Transpiler({ loader: 'ts', target: 'browser', minifyWhitespace: true });

/** How each kind of file is served. Scripts keep their names, so that what they import is found. */
const KINDS = [
  { files: 'main.ts', type: 'text/javascript', read: script },
  { files: '{model,view}/*.ts', type: 'text/javascript', read: script },
  { files: '**/*.css', type: 'text/css', read: (file: BunFile) => file.text() },
  { files: '**/*.svg', type: 'image/svg+xml', read: (file: BunFile) => file.text() },
] as const;

/**
 * The page at `/`, and its files below `/page/`, straight from its sources: there is nothing to build. Each is
 * read, and a script's types taken out, when it is first asked for.
 */
export function pageRoutes(): Elysia {
  const routes = new Elysia({ detail: { hide: true } });
  const html = once(() => Bun.file(new URL('index.html', FOLDER)).text());
  routes.get('/', async () => answer(await html(), 'text/html', { 'content-security-policy': POLICY }));
  for (const { files, type, read } of KINDS) {
    for (const path of new Glob(files).scanSync(Bun.fileURLToPath(FOLDER))) {
      const body = once(() => read(Bun.file(new URL(path, FOLDER))));
      routes.get(`/page/${path}`, async () => answer(await body(), type));
    }
  }
  return routes;
}

/** A script without its types. */
async function script(file: BunFile): Promise<string> {
  return transpiler.transformSync(await file.text());
}

function answer(body: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}

/** Makes something when it is first wanted, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
