/**
 * Limits on asking for codes, as rules. They are a user's, for all purposes together: a purpose is free text,
 * and each code may cost a message.
 */

export interface SendPolicy {
  /** Least time between two requests; 0 for none. */
  readonly cooldownMs: number;
  /** Most requests within any `windowMs`; 0 for no limit. */
  readonly limit: number;
  readonly windowMs: number;
}

/** Why a request is refused, and until when: service time, in milliseconds since the epoch. */
export interface Throttle {
  readonly reason: 'resend_cooldown' | 'send_limit';
  readonly until: number;
}

/** When codes were sent to a user, in milliseconds since the epoch, oldest first. */
export type Sends = readonly number[];

/** Whether the policy limits anything, so that sends need to be kept at all. */
export function limitsSends({ cooldownMs, limit }: SendPolicy): boolean {
  return cooldownMs > 0 || limit > 0;
}

/** Whether another request now is one too many. */
export function throttle(sends: Sends, policy: SendPolicy, now: number): Throttle | undefined {
  const cooled = (sends.at(-1) ?? Number.NEGATIVE_INFINITY) + policy.cooldownMs;
  if (now < cooled) return { reason: 'resend_cooldown', until: cooled };
  const oldest = policy.limit > 0 ? sends.at(-policy.limit) : undefined;
  if (oldest === undefined || now >= oldest + policy.windowMs) return undefined;
  return { reason: 'send_limit', until: oldest + policy.windowMs };
}

/** The sends to keep once there is one more: no more than the limit looks back at. */
export function afterSend(sends: Sends, policy: SendPolicy, now: number): Sends {
  return [...sends, now].slice(-Math.max(policy.limit, 1));
}

/** From when on these sends limit nothing any more. */
export function sendsForgottenAt(sends: Sends, policy: SendPolicy): number {
  const last = sends.at(-1) ?? Number.NEGATIVE_INFINITY;
  return last + Math.max(policy.cooldownMs, policy.limit > 0 ? policy.windowMs : 0);
}
