/**
 * The code in a text that an application wrote: after the last `#` of a WebOTP line (`@example.com #123456`, see
 * https://wicg.github.io/sms-one-time-codes/), or else the first 4 to 10 digits that stand alone.
 */
export function codeIn(text: string): string | undefined {
  const lastLine = text.trimEnd().split('\n').at(-1) ?? '';
  return /^@\S+ #(\d{4,10})(?: |$)/.exec(lastLine)?.[1] ?? /(?<![\d+])\d{4,10}(?!\d)/.exec(text)?.[0];
}
