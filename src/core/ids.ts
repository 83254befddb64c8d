/**
 * Makes ids of one kind that grow within a run of the service: `mws4q1rfd2c6-e1`, `mws4q1rfd2c6-e2`, …
 *
 * @param run names the run; a later run has a greater name
 * @param kind `e` for events, `r` for requests, `m` for messages (`c` is for codes, which the store numbers)
 */
export function idSource(run: string, kind: 'e' | 'r' | 'm'): () => string {
  let made = 0;
  return () => {
    made++;
    return `${run}-${kind}${made}`;
  };
}
