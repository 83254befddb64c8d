import type { Server } from 'bun';

/** Seconds within which a request's head and its whole body must arrive; Bun looks every few, so 15 at the most. */
export const IDLE_TIMEOUT_S = 10;

/** The server that a request came over; there is none where the app is asked without a port. */
export type AnyServer = Server<unknown> | null;

/** Has a connection stay open while its call waits, however long that takes. */
export function suspendTimeout(server: AnyServer, request: Request): void {
  server?.timeout(request, 0);
}

/** Puts back the time-out of a connection, which would else be without one for good. */
export function restoreTimeout(server: AnyServer, request: Request): void {
  server?.timeout(request, IDLE_TIMEOUT_S);
}
