import type { Server } from 'bun';

/** Seconds for a request's head and whole body to arrive. Bun checks every few seconds, so at most 15 pass. */
export const IDLE_TIMEOUT_S = 10;

/** The server that received a request; null when a test calls the app without a port. */
export type AnyServer = Server<unknown> | null;

/** Keeps the connection open while its call waits, for any length of time. */
export function suspendTimeout(server: AnyServer, request: Request): void {
  server?.timeout(request, 0);
}

/**
 * Restores the idle timeout. Without this the connection would have none for the rest of its life.
 *
 * @param seconds after which the connection is closed if the client neither sends nor reads. Bun counts anew only after
 *   `suspendTimeout`
 */
export function restoreTimeout(server: AnyServer, request: Request, seconds = IDLE_TIMEOUT_S): void {
  server?.timeout(request, seconds);
}
