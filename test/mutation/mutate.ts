import { join, relative } from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isClassDeclaration,
  isFunctionDeclaration,
  isMethodDeclaration,
  isPropertyAccessExpression,
  isStatement,
  isVariableStatement,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/async';

/**
 * Changes source code for a mutation test. A mutation names a function and an operator, never a file or a line. So it
 * survives a move, a reformat and a change elsewhere in the function. If its code is not there exactly once, it fails.
 *
 * TypeScript's API finds the code. TypeScript 7 calls that API unstable, so package.json pins the version.
 */

/**
 * An operator finds code by a pattern: an expression, a statement or a link of a call chain (`.trim()`), in any layout.
 * In a pattern, `…` stands for any code.
 */
export type Operator = (find: (pattern: string) => Place) => Edit[];

/** Replaces the matching code. */
export const replace =
  (pattern: string, by: string): Operator =>
  (find) => [{ ...find(pattern), text: by }];

/** Removes a statement or a link of a call chain. */
export const remove = (pattern: string) => replace(pattern, '');

/** Changes the operator of a comparison: `swap('a < b', '<=')`. */
export const swap = (comparison: string, operator: string) =>
  replace(comparison, comparison.replace(/[<>]=?|[!=]==/, operator));

/** Replaces a condition by true or false. */
export const assume = (condition: string, value: boolean) => replace(condition, String(value));

/** Inserts code before the statement that contains the matching code. */
export const before =
  (pattern: string, code: string): Operator =>
  (find) => {
    const { statement } = find(pattern);
    if (statement === undefined) throw new Error(`${pattern} is in no statement`);
    const { start, end, inList } = statement;
    if (inList) return [{ start, end: start, text: `${code} ` }];
    return [
      { start, end: start, text: `{ ${code} ` },
      { start: end, end, text: ' }' },
    ];
  };

interface Place {
  readonly start: number;
  readonly end: number;
  /** The innermost statement around it; not `inList` if it is the body of an `if` or a loop without braces. */
  readonly statement: { readonly start: number; readonly end: number; readonly inList: boolean } | undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A changed file: its path inside src/, and its new text. */
export interface Mutant {
  readonly file: string;
  readonly text: string;
}

/** Reads the project in `root`. @returns a function that mutates a function of src/, and gives its file's new text */
export async function readSources(root: string) {
  const src = join(root, 'src');
  const api = new API({ cwd: root });
  const declarations: { name: string; node: Node; source: SourceFile }[] = [];
  const snapshot = await api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] });
  for (const { program, rootFiles } of snapshot.getProjects())
    for (const file of rootFiles.filter((file) => file.startsWith(`${src}/`))) {
      const source = await program.getSourceFile(file);
      if (source === undefined) continue;
      for (const [name, node] of source.statements.flatMap(declared))
        declarations.push({ name, node, source });
    }
  await api.close();

  /**
   * @param where a top-level function or constant, or `Class.method`; with a folder (`http/utf8`) if the name alone is
   *   ambiguous
   * @throws Error if function or code is not there exactly once, or if the result is no TypeScript
   */
  return (where: string, operator: Operator): Mutant => {
    const name = where.slice(where.lastIndexOf('/') + 1);
    const folder = join(src, where.slice(0, -name.length));
    const found = declarations.filter((it) => it.name === name && it.source.fileName.startsWith(folder));
    const [target] = found;
    if (target === undefined || found.length > 1)
      throw new Error(`${where} is declared ${found.length} times in src/`);
    const { node, source } = target;
    const places = [...placesIn(node, source)];
    let { text } = source;
    const edits = operator((pattern) => only(places, pattern, text, where));
    for (const { start, end, text: by } of edits.toReversed())
      text = text.slice(0, start) + by + text.slice(end);
    // Throws if it cannot parse the result.
    new Bun.Transpiler({ loader: 'ts' }).transformSync(text);
    return { file: relative(src, source.fileName), text };
  };
}

/** The functions, constants and methods that a statement declares, each with its name. */
function declared(statement: Node): [name: string, node: Node][] {
  if (isFunctionDeclaration(statement)) return [[statement.name?.getText() ?? '', statement]];
  if (isVariableStatement(statement))
    return statement.declarationList.declarations.map((one) => [one.name.getText(), one]);
  if (!isClassDeclaration(statement)) return [];
  return statement.members
    .filter(isMethodDeclaration)
    .map((one) => [`${statement.name?.getText()}.${one.name.getText()}`, one]);
}

/** Every place in a declaration that a pattern may match: its nodes, and the links of its call chains. */
function* placesIn(node: Node, source: SourceFile, statement?: Place['statement']): Generator<Place> {
  const [start, end] = [node.getStart(source), node.end];
  if (isStatement(node)) {
    const { kind } = node.parent;
    const inList = kind === SyntaxKind.Block || kind === SyntaxKind.CaseClause;
    statement = { start, end, inList };
  }
  yield { start, end, statement };
  if (isCallExpression(node) && isPropertyAccessExpression(node.expression))
    yield { start: node.expression.expression.end, end, statement };
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* placesIn(child, source, statement);
}

/** The one place that matches, without its final semicolon. */
function only(places: readonly Place[], pattern: string, text: string, where: string): Place {
  const source = bare(pattern).split('…').map(RegExp.escape).join('.*');
  const wanted = new RegExp(`^${source}$`, 's');
  const matching = places.filter(({ start, end }) => wanted.test(bare(text.slice(start, end))));
  // `a(…)` matches `a(b)` and also `a(b) + c(d)`, a call and also the statement around it: the smallest counts.
  const smallest = matching.filter(
    (place) => !matching.some((other) => other !== place && isInside(other, place)),
  );
  const [place] = smallest;
  if (place === undefined || smallest.length > 1)
    throw new Error(`${where} has ${smallest.length} times: ${pattern}`);
  return { ...place, end: place.end - (text[place.end - 1] === ';' ? 1 : 0) };
}

function isInside(inner: Place, outer: Place): boolean {
  return (
    inner.start >= outer.start && inner.end <= outer.end && inner.end - inner.start < outer.end - outer.start
  );
}

/** Code without the white space, trailing commas and final semicolon that a formatter may change. */
function bare(code: string): string {
  return code
    .replace(/(?<!\w)\s+|\s+(?!\w)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/,(?=[)\]}])/g, '')
    .replace(/;$/, '');
}
