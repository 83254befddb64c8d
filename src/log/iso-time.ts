/**
 * Makes a function that formats times (milliseconds since the epoch) in ISO form. It remembers the last one: under load
 * most times equal the one before, and formatting a date costs more than the rest of a line.
 */
export function isoWriter(): (ms: number) => string {
  let last = { ms: Number.NaN, text: '' };
  return (ms) => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
}
