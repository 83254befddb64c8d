/**
 * The service's JSON, as far as the page uses it. Times are ISO 8601, in service time. The page shares no code with the
 * service and knows only these types.
 */

export type CodeState = 'pending' | 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked' | 'sent';

/** How and where a code is delivered, besides the inbox, and the status of the delivery. */
export interface Delivery {
  readonly channel: string;
  readonly to?: string;
  readonly delivery: 'none' | 'queued' | 'delivered' | 'failed';
}

/** A message of the inbox. One that is only a text has no deadline, and perhaps no code. */
export interface Message extends Delivery {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  /** Its digits; empty for a text in which the service found none. */
  readonly code: string;
  /** The provider whose API sent it, if one did. */
  readonly provider?: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly state: CodeState;
}

/** Service time. `offset` is how many seconds it is ahead of real time. */
export interface ClockState {
  readonly now: string;
  readonly offset: number;
  readonly frozen: boolean;
}

/** What the events of a message have in common. */
interface Sent {
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly provider?: string;
  readonly time: string;
  readonly channel?: string;
  readonly to?: string;
}

/** An event of the stream. `otp` is the id of its code; a guess may be at none. */
export type ServiceEvent =
  | (Sent & {
      readonly type: 'otp.requested' | 'otp.resent';
      readonly otp: string;
      readonly expiresAt: string;
    })
  | (Sent & { readonly type: 'message.sent'; readonly message: string })
  | { readonly type: 'otp.delivered' | 'otp.delivery_failed'; readonly otp: string }
  | {
      readonly type: 'otp.verified' | 'otp.replaced' | 'otp.cancelled' | 'otp.locked';
      readonly otp?: string;
    }
  /** A test may have expired the code before its deadline: `expiresAt` says when. */
  | { readonly type: 'otp.expired'; readonly otp: string; readonly expiresAt: string }
  | { readonly type: 'otp.rejected'; readonly reason?: string; readonly otp?: string }
  | { readonly type: 'mock.reset' | 'mock.inbox_emptied'; readonly user?: string }
  | ({ readonly type: 'mock.clock' } & ClockState);

/** The service's real timing wheel: its number of slots, the hand's slot, and the entries. */
export interface WheelState {
  readonly slots: number;
  readonly current: number;
  readonly entries: number;
  readonly occupied: readonly { readonly slot: number; readonly entries: number }[];
}

/** A fault that a test injects. */
export interface Fault {
  readonly on: string;
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

/** The code that a user, or every user who matches a pattern, always gets. */
export interface FixedCode {
  readonly user: string;
  readonly code: string;
}

/** Why a call failed. `status` is 0 if there was no answer. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly attemptsLeft?: number;
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
}
