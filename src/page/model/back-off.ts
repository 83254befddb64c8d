const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** How long to wait before reconnecting, in ms. @param failures failed tries in a row */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
