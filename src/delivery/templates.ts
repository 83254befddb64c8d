/** What a message says. `{code}`, `{minutes}` and `{service}` are filled in, once each. */
const SUBJECT = 'Your code for {service}';

const TEXT = `Your code for {service}:

    {code}

It is valid for {minutes} min and for one use. Give it to nobody.
If you have not asked for it, you need not do anything.
`;

const HTML = `<p>Your code for {service}:</p>
<p style="font-size:2em;letter-spacing:.1em"><strong>{code}</strong></p>
<p>It is valid for {minutes}&nbsp;min and for one use. Give it to nobody.<br>
If you have not asked for it, you need not do anything.</p>
`;

const SHORT = '{code} is your code for {service}. It is valid for {minutes} min.';

/** A phone offers the code to the site itself where a text message ends so: https://wicg.github.io/sms-one-time-codes */
const LAST_LINE = '\n\n@{host} #{code}';

/** What a template is filled with. */
export interface Words {
  readonly code: string;
  /** How long the code is still good, in milliseconds. */
  readonly leftMs: number;
  readonly service: string;
}

/** The parts of a mail. The subject has no code in it: mail servers log subjects. */
export function mailText(words: Words): { subject: string; text: string; html: string } {
  const blanks = blanksOf(words);
  return {
    subject: fill(SUBJECT, blanks),
    text: fill(TEXT, blanks),
    html: fill(HTML, { ...blanks, service: Bun.escapeHTML(blanks.service) }),
  };
}

/** A text message. @param origin of the site that is to get the code, or empty */
export function shortText(words: Words, origin: string): string {
  const last = origin === '' ? '' : LAST_LINE;
  return fill(SHORT + last, { ...blanksOf(words), host: URL.parse(origin)?.host ?? '' });
}

function blanksOf({ code, leftMs, service }: Words) {
  return { code, minutes: String(Math.max(1, Math.round(leftMs / 60_000))), service };
}

function fill(template: string, blanks: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);
}
