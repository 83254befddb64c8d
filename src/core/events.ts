import type { Clock } from './clock.ts';
import type { EventBus } from './event-bus.ts';
import type { Otp, OtpKey } from './store.ts';

/**
 * What has happened, as the service announces it: each fact once, those of one user in order.
 *
 * `otp.requested` carries the digits, for whoever has to deliver them. Nothing may log them.
 */
export type Fact =
  | ({ readonly type: 'otp.requested'; readonly code: string; readonly destination?: Destination } & OfCode)
  | ({ readonly type: 'otp.verified' | 'otp.expired' | 'otp.replaced' | 'otp.cancelled' } & OfCode)
  | ({ readonly type: 'otp.rejected'; readonly reason: 'wrong' | 'expired' | 'none' | 'locked' } & OfGuess)
  | ({ readonly type: 'otp.locked' } & OfGuess)
  | ({ readonly type: 'otp.delivered'; readonly channel: string } & OfCode)
  | ({
      readonly type: 'otp.delivery_failed';
      readonly channel: string;
      readonly reason: Undelivered;
      /** What the last try failed with, if there was one. */
      readonly fault?: Undelivered;
    } & OfCode)
  | WheelTicked
  | MockReset
  | MockClock;

/** Where a code is to be brought: by which channel, and to which address there. */
export interface Destination {
  readonly channel: string;
  readonly to: string;
}

/** Why a code was not delivered: what the provider did, what became of the code first, or what stopped us. */
export type Undelivered =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'provider_error'
  | 'refused'
  | 'gone'
  | 'expired'
  | 'replaced'
  | 'cancelled'
  | 'verified'
  | 'locked'
  | 'shutdown'
  | 'internal'
  | 'injected_fault';

/** A tick is over: how many codes it expired, for whoever would rather count than list them, and how long it took. */
export interface WheelTicked {
  readonly type: 'wheel.ticked';
  readonly expired: number;
  /** Real time, in ms. */
  readonly durationMs: number;
}

/** A test has had the service forget everything, or all that is one user's. */
export interface MockReset extends Cause {
  readonly type: 'mock.reset';
  readonly user?: string;
}

/** A test has moved service time, or stopped it, or let it go on. */
export interface MockClock extends Cause {
  readonly type: 'mock.clock';
  /** Service time after the move, in ms since the epoch. */
  readonly now: number;
  /** How far service time is ahead of real time, in ms. */
  readonly offset: number;
  readonly frozen: boolean;
}

/** A fact with its name and its place in time: `id` grows within a run, `time` is service time in ms since the epoch. */
export type OtpEvent = Fact & { readonly id: string; readonly time: number };

/** The HTTP request that caused a fact; absent where time did. */
export interface Cause {
  readonly requestId?: string;
}

interface OfCode extends OtpKey, Cause {
  /** The code's id. */
  readonly otp: string;
  readonly expiresAt: number;
}

/** A guess is at a code, or at none. */
type OfGuess = OfCode | (OtpKey & Cause & { readonly otp?: never; readonly expiresAt?: never });

/** Has a fact published. It never throws. */
export type Announce = (fact: Fact) => void;

/** Makes the function through which everything is announced. @param nextId names the events */
export function announcer(bus: EventBus<OtpEvent>, clock: Clock, nextId: () => string): Announce {
  return (fact) => bus.publish({ id: nextId(), time: clock.now(), ...fact });
}

/** The part of a fact that tells which code it is about. */
export function ofCode({ id, user, purpose, expiresAt }: Otp, cause: Cause = {}): OfCode {
  return { user, purpose, otp: id, expiresAt, ...cause };
}
