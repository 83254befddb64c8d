import { describe, expect, test } from 'bun:test';
import { emailText } from '../../../src/delivery/email/text.ts';

const words = { code: '042137', service: 'Example', timeLeft: '5 minutes' };

describe('the text of an e-mail', () => {
  test('has the code in both bodies, and not in the subject, because mail servers log subjects', () => {
    const { subject, text, html } = emailText(words);
    expect(subject).toBe('Your code for Example');
    expect(text).toContain('\n    042137\n');
    expect(html).toContain('<strong>042137</strong>');
    for (const body of [text, html]) expect(body).toContain('It expires in 5 minutes and works once.');
  });

  test('shows any service name literally, escaped in the HTML', () => {
    const { subject, text, html } = emailText({ ...words, service: 'A <b> & {code} $& "C"' });
    expect(subject).toBe('Your code for A <b> & {code} $& "C"');
    expect(text).toContain('A <b> & {code} $& "C"');
    expect(html).toContain('A &lt;b&gt; &amp; {code} $&amp; &quot;C&quot;');
  });
});
