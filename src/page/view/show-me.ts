import type { Api } from './api.ts';
import { onClick, say } from './dom.ts';

/** Lifetimes in seconds: most of a first turn of the wheel, and one code that waits a turn longer. */
const LIFETIMES = [10, 20, 35, 50, 75];

/** The button that issues a few short codes, so that a newcomer sees the wheel expire them. */
export function prepareShowMe(api: Api): void {
  onClick('show-me', async () => {
    const requests = LIFETIMES.map((ttl, i) =>
      api.call('POST', '/otp/request', { user: `show-me-${i + 1}`, purpose: 'demo', ttl }),
    );
    const failed = (await Promise.all(requests)).find(({ ok }) => !ok);
    say('show-me-answer', failed === undefined || failed.ok ? '' : failed.problem);
  });
}
