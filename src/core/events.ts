import type { Clock } from './clock.ts';
import type { EventBus } from './event-bus.ts';
import type { Otp, OtpKey } from './store.ts';

/**
 * The facts of the core, by type. A fact has happened: it is announced once, and those of one user in order.
 *
 * A feature adds its own facts from its `facts.ts`, and the bus carries them all:
 *
 *     declare module '../core/events.ts' {
 *       interface Facts { 'otp.delivered': OfCode & { readonly channel: string } }
 *     }
 */
export interface Facts {
  /** Carries the digits for the inbox and the delivery. They must never be logged. */
  'otp.requested': OfSend;
  /** The same code was sent again, as a request wanted it. */
  'otp.resent': OfSend;
  'otp.verified': OfCode;
  'otp.expired': OfCode;
  'otp.replaced': OfCode;
  'otp.cancelled': OfCode;
  'otp.rejected': OfGuess & { readonly reason: 'wrong' | 'expired' | 'none' | 'locked' };
  'otp.locked': OfGuess;
  /** A tick is over: how many codes it expired, and its real time in milliseconds. For counting only. */
  'wheel.ticked': { readonly expired: number; readonly durationMs: number };
}

/** A fact of the core or of a feature. */
export type Fact = { [T in keyof Facts]: { readonly type: T } & Facts[T] }[keyof Facts];

/** A fact with its id, which grows within a run, and its service time in milliseconds since the epoch. */
export type OtpEvent = Fact & { readonly id: string; readonly time: number };

/** Where a code goes: the channel, and the address there. */
export interface Destination {
  readonly channel: string;
  readonly to: string;
}

/** The HTTP request that caused a fact; absent if time did. */
export interface Cause {
  readonly requestId?: string;
}

/** The part of a fact that names the code. */
export interface OfCode extends OtpKey, Cause {
  /** The code's id. */
  readonly otp: string;
  readonly expiresAt: number;
}

/** A code on its way to the user. */
export interface OfSend extends OfCode {
  readonly code: string;
  readonly destination?: Destination | undefined;
}

/** The part of a fact that names the guess: at a code, or at none. */
export type OfGuess = OfCode | (OtpKey & Cause & { readonly otp?: never; readonly expiresAt?: never });

/** Announces a fact, which becomes the event itself: a caller makes a new one each time. Never throws. */
export type Announce = (fact: Fact) => void;

/** Makes the function that announces every fact. @param nextId makes the ids of events */
export function announcer(bus: EventBus<OtpEvent>, clock: Clock, nextId: () => string): Announce {
  const eventOf = eventMaker(clock, nextId);
  return (fact) => bus.publish(eventOf(fact));
}

/** Announces these facts, if there are any, now or soon, and in order with all others. Never throws. */
export type AnnounceLater = (facts: () => readonly Fact[]) => void;

/** How long facts wait for the caller to be answered, in milliseconds. */
const LATE_MS = 5;

/** The same once the caller is answered: otherwise it could measure whether there was anything to announce. */
export function lateAnnouncer(bus: EventBus<OtpEvent>, clock: Clock, nextId: () => string): AnnounceLater {
  const eventOf = eventMaker(clock, nextId);
  return (facts) =>
    bus.publishLater(
      () => facts().map(eventOf),
      () => clock.sleep(LATE_MS),
    );
}

/** Each fact becomes its event where it is: copies take three times as long. */
function eventMaker(clock: Clock, nextId: () => string): (fact: Fact) => OtpEvent {
  return (fact) => Object.assign(fact, { id: nextId(), time: clock.now() });
}

/** A fact about this code, if its type needs no more. */
export function ofCode<T extends string>(
  type: T,
  { id, user, purpose, expiresAt }: Otp,
  cause: Cause = {},
): OfCode & { readonly type: T } {
  return Object.assign({ type, user, purpose, otp: id, expiresAt }, cause);
}
