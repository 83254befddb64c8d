/**
 * What the service says to the page, as JSON. Times are ISO 8601, in service time. The page shares no code
 * with the service: this is all that it knows of it.
 */

export type CodeState = 'pending' | 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked';

/** How a code is brought to its user beside the inbox, where to, and how far that has come. */
export interface Delivery {
  readonly channel: string;
  readonly to?: string;
  readonly delivery: 'none' | 'queued' | 'delivered' | 'failed';
}

/** A code as the inbox lists it. */
export interface Message extends Delivery {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly expiresAt: string;
  readonly state: CodeState;
}

/** Service time. `offset` is how many seconds it is ahead of real time. */
export interface ClockState {
  readonly now: string;
  readonly offset: number;
  readonly frozen: boolean;
}

/** An event of the stream. `otp` is the id of the code that it is about; a guess may be at none. */
export type ServiceEvent =
  | {
      readonly type: 'otp.requested';
      readonly otp: string;
      readonly user: string;
      readonly purpose: string;
      readonly code: string;
      readonly expiresAt: string;
      readonly channel?: string;
      readonly to?: string;
    }
  | { readonly type: 'otp.delivered' | 'otp.delivery_failed'; readonly otp: string }
  | {
      readonly type: 'otp.verified' | 'otp.expired' | 'otp.replaced' | 'otp.cancelled' | 'otp.locked';
      readonly otp?: string;
    }
  | { readonly type: 'otp.rejected' }
  | { readonly type: 'mock.reset'; readonly user?: string }
  | ({ readonly type: 'mock.clock' } & ClockState);

/** The service's own timing wheel: how many slots, where its hand is, and what waits. */
export interface WheelState {
  readonly slots: number;
  readonly current: number;
  readonly entries: number;
  readonly occupied: readonly { readonly slot: number; readonly entries: number }[];
}

/** A failure that a test has the service make. */
export interface Fault {
  readonly on: string;
  readonly user?: string;
  readonly times?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly drop?: boolean;
  readonly fail?: boolean;
  readonly duplicate?: boolean;
}

/** A code that a user, or all whom a pattern fits, always get. */
export interface FixedCode {
  readonly user: string;
  readonly code: string;
}

/** Why a call failed; `status` 0 where no answer came. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly attemptsLeft?: number;
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
}
