import type { Cause } from '../../core/events.ts';
import type { InboxMessage } from '../../levers/inbox/message.ts';
import type { ProviderParts } from '../parts.ts';

/** Three wrong codes end a workflow. (Whether they count across its steps is not confirmed: here each step has its three.) */
export const LIMITS = { checks: 3, resends: 0 };

/** A step of a workflow: one channel. */
export interface Step {
  readonly channel: string;
  readonly to: string;
}

/** What the message of a step keeps of its workflow. */
export interface Workflow {
  /** The id of the first step's code, which names the workflow; absent on the first. */
  readonly first?: string;
  readonly brand: string;
  readonly clientRef?: string | undefined;
  /** How long each step lasts, in milliseconds. */
  readonly stepMs: number;
  /** The steps that are still to come. */
  readonly next: readonly Step[];
}

/** The workflow of a message; undefined if the message is not of one. */
export function workflowOf({ via }: InboxMessage): Workflow | undefined {
  return via?.provider === 'vonage' ? Object(via.note) : undefined;
}

/** How a step is sent. */
export function viaOf({ channel, to }: Step, workflow: Workflow) {
  return { provider: 'vonage', channel, to, text: `${workflow.brand} code: {code}`, note: workflow };
}

/**
 * Begins the next step of a workflow, once a step's code has expired: the same code over the next channel. Its time counts
 * from the end of that step, so a clock that jumps far ahead passes over steps.
 *
 * @param endedAt when the step ended: service time, in milliseconds since the epoch
 * @returns whether there was a step to begin
 */
export async function beginNextStep(
  { otps, clock }: Pick<ProviderParts, 'otps' | 'clock'>,
  message: InboxMessage,
  endedAt: number,
  cause: Cause,
): Promise<boolean> {
  const workflow = workflowOf(message);
  if (workflow === undefined) return false;
  const now = clock.now();
  let deadline = endedAt;
  for (const [i, step] of workflow.next.entries()) {
    deadline += workflow.stepMs;
    if (deadline <= now) continue;
    const rest = { ...workflow, first: workflow.first ?? message.id, next: workflow.next.slice(i + 1) };
    const { user, purpose, code } = message;
    const ask = { user, purpose, code, ttlMs: deadline - now, own: LIMITS, whenLive: 'keep' } as const;
    const begun = await otps.request(ask, { ...cause, via: viaOf(step, rest) });
    return !('refused' in begun);
  }
  return false;
}
