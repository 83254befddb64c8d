import { test } from 'bun:test';

/**
 * A test that needs a program which a machine may lack. Without it the test is skipped, and says why; in CI it fails.
 *
 * @param lack what is missing and where it is to be had; undefined if all is there
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
