/**
 * A pure function that keeps its last result, for an argument that mostly comes again at once: an application sends the
 * same header with every call, and an answer has the same moment several times.
 */
export function rememberLast<Argument extends string | number, Result>(
  compute: (argument: Argument) => Result,
): (argument: Argument) => Result {
  let last: { readonly argument: Argument; readonly result: Result } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: compute(argument) };
    return last.result;
  };
}
