import { available, build, EngineError } from './engine.ts';
import { type Examined, examine } from './examine.ts';

/**
 * Builds both images and examines each as it runs in a cluster: read-only, without capabilities, with its memory limit.
 *
 * Usage: bun run image, or DOCKER=podman bun run image
 */
const IMAGES = [
  { tag: 'otp-service:latest' },
  { tag: 'otp-service:distroless', target: 'distroless' },
] as const;

if (!(await available())) {
  console.error('No Docker engine answers. To use another program: DOCKER=podman bun run image');
  process.exit(1);
}

const examined: Examined[] = [];
try {
  for (const image of IMAGES) {
    await build(image.tag, 'target' in image ? image.target : undefined);
    examined.push(await examine(image.tag));
  }
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  console.error(error.message);
  process.exit(1);
}
console.table(examined, ['tag', 'sizeMb', 'startMs', 'healthyMs', 'memoryMb', 'stopMs']);
const faults = examined.flatMap(({ tag, faults }) => faults.map((fault) => `${tag}: ${fault}`));
for (const fault of faults) console.error(fault);
console.log(`${examined.length} images, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
