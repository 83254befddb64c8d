import type { Server } from 'bun';

/** Seconds for a request's head and whole body to arrive. Bun checks every few seconds, so at most 15 pass. */
export const IDLE_TIMEOUT_S = 10;

/** The server that received a request; null when a test calls the app without a port. */
export type AnyServer = Server<unknown> | null;

/** Keeps the connection open while its call waits, for any length of time. */
export function suspendTimeout(server: AnyServer, request: Request): void {
  server?.timeout(request, 0);
}

/** Restores the idle timeout. Without this the connection would have none for the rest of its life. */
export function restoreTimeout(server: AnyServer, request: Request): void {
  setTimeLimit(server, request, IDLE_TIMEOUT_S);
}

/** Closes the connection if the client neither sends nor reads for so long. It counts anew only after `suspendTimeout`. */
export function setTimeLimit(server: AnyServer, request: Request, seconds: number): void {
  server?.timeout(request, seconds);
}
