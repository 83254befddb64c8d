const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** How long to wait before the next try to connect, in ms. @param failures how many tries in a row have failed */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
