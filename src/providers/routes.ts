import type { AnyElysia } from 'elysia';
import type { ProblemShape } from '../http/errors.ts';
import type { ProviderParts } from './parts.ts';

/**
 * A real provider's API in front of the core, so that an application can call the service with its production code.
 *
 * A provider reads calls and writes answers. It has no store, timer or limiter of its own: its verifications are codes of
 * the core with limits of their own, and what a call reads later is in the inbox.
 */
export interface Provider extends Omit<ProblemShape, 'prefix'> {
  /** Its routes are under `/<name>`. It is also the first part of its purposes, and names it in messages and faults. */
  readonly name: string;
  routes(parts: ProviderParts): AnyElysia;
}

/** How providers show problems that are not their own, such as an unknown path. */
export function providerShapes(providers: readonly Provider[]): ProblemShape[] {
  return providers.map((provider) => ({ ...provider, prefix: `/${provider.name}/` }));
}
