import { test } from 'bun:test';

/**
 * A test that needs a program. Without it the test is skipped with a note of why; in CI it fails.
 *
 * @param lack the missing program and how to install it; undefined if nothing is missing
 */
export function testNeeding(
  lack: string | undefined,
  name: string,
  run: () => Promise<void>,
  timeoutMs: number,
): void {
  if (lack === undefined) {
    test(name, run, timeoutMs);
  } else if (process.env['CI']) {
    test(name, () => {
      throw new Error(lack);
    });
  } else {
    console.warn(`skipped: ${name}: ${lack}`);
    test.skip(name, () => {});
  }
}
