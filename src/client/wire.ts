/*
 * What goes to the service and comes from it. Times are seconds, moments are ISO 8601, as in the API.
 */

/** Whose code, and what for; without a purpose the default one. */
export interface CodeKey {
  readonly user: string;
  readonly purpose?: string;
}

/** A request for a code. */
export interface CodeRequest extends CodeKey {
  /** Lifetime in seconds. */
  readonly ttl?: number;
  /** These digits instead of random ones. */
  readonly code?: string;
  /** `email`, `sms`, `webhook` or `none`. */
  readonly channel?: string;
  /** The address there; the user if absent. */
  readonly to?: string;
}

/** The answer to a request. */
export interface RequestedCode {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  /** The digits; absent in strict mode. */
  readonly code?: string;
  readonly expiresIn: number;
  readonly expiresAt: string;
  readonly delivery: 'none' | 'queued';
}

/** A code as its user gets it. */
export interface CodeMessage {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: 'pending' | 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked';
  readonly channel: string;
  readonly to?: string;
  readonly delivery: 'none' | 'queued' | 'delivered' | 'failed';
}

/** What goes wrong, for which users (a pattern such as `+1555*`), and how often. See `/mock/faults`. */
export interface Fault {
  readonly on: 'request' | 'verify' | 'cancel' | 'delivery';
  readonly user?: string;
  readonly times?: number;
  readonly probability?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly drop?: boolean;
  readonly fail?: boolean;
  readonly duplicate?: boolean;
}

/** The code of all users who match a pattern. */
export interface FixedCode {
  readonly user: string;
  readonly code: string;
}

/** Where service time stands. */
export interface ClockState {
  readonly now: string;
  /** Seconds by which it is ahead of real time. */
  readonly offset: number;
  readonly frozen: boolean;
}

/** An event of the service, such as `otp.requested`. */
export interface ServiceEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly user?: string;
  readonly purpose?: string;
  readonly [field: string]: unknown;
}
