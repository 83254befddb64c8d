import { type BunFile, Glob, Transpiler } from 'bun';

/** A file of the page: its path below the page's folder, its media type, and its text as it is served. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
  text(): Promise<string>;
}

/** The page's folder, relative to this file, and to the bundle in the distroless image. */
const FOLDER = new URL('../page/', import.meta.url);

const transpiler = new Transpiler({ loader: 'ts', target: 'browser', minifyWhitespace: true });

/** How each kind of file is served. Scripts keep their names, so that their imports work. */
const KINDS = [
  { files: 'index.html', type: 'text/html', read: (file: BunFile) => file.text() },
  { files: 'main.ts', type: 'text/javascript', read: withoutTypes },
  { files: '{model,view}/*.ts', type: 'text/javascript', read: withoutTypes },
  { files: '**/*.css', type: 'text/css', read: (file: BunFile) => file.text() },
  { files: '**/*.svg', type: 'image/svg+xml', read: (file: BunFile) => file.text() },
] as const;

/**
 * The page's files, read from their sources without a build step. `bin/build-binary.ts` puts the same files into the
 * executable, in place of this one.
 */
export function pageFiles(): PageFile[] {
  return KINDS.flatMap(({ files, type, read }) =>
    [...new Glob(files).scanSync(Bun.fileURLToPath(FOLDER))].map((path) => ({
      path,
      type,
      text: () => read(Bun.file(new URL(path, FOLDER))),
    })),
  );
}

async function withoutTypes(script: BunFile): Promise<string> {
  return transpiler.transformSync(await script.text());
}
