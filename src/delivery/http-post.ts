import { type AttemptFailure, DeliveryFailure } from './channel.ts';

/** The longest pause that a provider may ask for, in milliseconds: longer than most codes live. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Posts a message to a provider, and returns once the provider has accepted it. Only the status and the headers of the
 * answer count: the body is not read, and a redirect is not followed.
 *
 * @param on410 what a 410 means: that the endpoint is gone, or that this message is refused
 * @throws DeliveryFailure whatever goes wrong
 */
export async function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
  on410: AttemptFailure = 'refused',
): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).catch(() => {
    throw new DeliveryFailure('unreachable');
  });
  // If a short body has already arrived, the connection stays open for the next message.
  await answer.body?.cancel().catch(() => {});
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const pauseMs = pauseOf(answer.headers);
  if (status === 429) throw new DeliveryFailure('busy', pauseMs);
  if (status >= 500) throw new DeliveryFailure('provider_error', pauseMs);
  throw new DeliveryFailure(status === 410 ? on410 : 'refused');
}

/**
 * How long `Retry-After` says to wait, in milliseconds: RFC 9110, section 10.2.3. A date is compared with the provider's
 * own `Date`.
 */
function pauseOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return waitMs > 0 ? Math.min(waitMs, LONGEST_PAUSE_MS) : undefined;
}
