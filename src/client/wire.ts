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
  readonly channel?: 'email' | 'sms' | 'webhook' | 'none';
  /** The address there; the user if absent. */
  readonly to?: string;
  /** Sends a live code again, instead of a new one. */
  readonly resend?: boolean;
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

/** A code as its user gets it, or a text that the application wrote itself. */
export interface CodeMessage {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  /** Empty for a text without digits. */
  readonly code: string;
  readonly createdAt: string;
  /** Absent for a text. */
  readonly expiresAt?: string;
  /** `sent` for a text, whose code the service does not know. */
  readonly state: 'pending' | 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked' | 'sent';
  /** Each time it was sent, oldest first. */
  readonly sends: readonly { readonly time: string; readonly channel: string }[];
  /** Of the last send. */
  readonly channel: string;
  readonly to?: string;
  readonly delivery: 'none' | 'queued' | 'delivered' | 'failed';
  /** The provider whose API the application called, and the text that it would send. */
  readonly provider?: string;
  readonly text?: string;
}

/** What goes wrong, for which users (a pattern such as `+1555*`), and how often. See `/mock/faults`. */
export interface Fault {
  readonly on: 'request' | 'verify' | 'cancel' | 'delivery';
  readonly user?: string;
  readonly times?: number;
  readonly probability?: number;
  readonly delayMs?: number;
  readonly status?: number;
  /** Only for calls of this provider's API, and which of its errors they get. */
  readonly provider?: string;
  readonly error?: number | string;
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
