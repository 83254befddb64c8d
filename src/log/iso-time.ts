/**
 * Makes a function that writes moments (ms since the epoch) in ISO form. It remembers the last one: under load most
 * moments are the same millisecond as the one before, and to write a date costs more than the rest of a line.
 */
export function isoWriter(): (ms: number) => string {
  let last = { ms: Number.NaN, text: '' };
  return (ms) => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
}
