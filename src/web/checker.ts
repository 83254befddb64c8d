import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

/**
 * The check of a schema, compiled once, when it is first asked for: all of them take 25 ms, by which the service would
 * start later, and most are of levers that one run does not use.
 */
export function checkerOf<S extends TSchema>(schema: S): () => TypeCheck<S> {
  let checker: TypeCheck<S> | undefined;
  return () => {
    checker ??= TypeCompiler.Compile(schema);
    return checker;
  };
}
