import { describe, expect, test } from 'bun:test';
import { mailText, shortText } from '../../src/delivery/templates.ts';

const words = { code: '042137', leftMs: 300_000, service: 'Example' };

describe('a mail', () => {
  test('has the code in both its parts, and not in its subject, which servers log', () => {
    const { subject, text, html } = mailText(words);
    expect(subject).toBe('Your code for Example');
    expect(text).toContain('\n    042137\n');
    expect(html).toContain('<strong>042137</strong>');
    expect(text).toContain('5 min');
    expect(html).toContain('5&nbsp;min');
  });

  test('shows a service’s name as it is, whatever that looks like', () => {
    const { subject, text, html } = mailText({ ...words, service: 'A <b> & {code} $& "C"' });
    expect(subject).toBe('Your code for A <b> & {code} $& "C"');
    expect(text).toContain('A <b> & {code} $& "C"');
    expect(html).toContain('A &lt;b&gt; &amp; {code} $&amp; &quot;C&quot;');
  });

  test.each([
    [300_000, 5],
    [299_995, 5],
    [269_000, 4],
    [90_000, 2],
    [20_000, 1],
    [1, 1],
  ])('with %d ms left says %d min', (leftMs, minutes) => {
    expect(mailText({ ...words, leftMs }).text).toContain(`${minutes} min `);
  });
});

describe('a text message', () => {
  test('is a line', () => {
    expect(shortText(words, '')).toBe('042137 is your code for Example. It is valid for 5 min.');
  });

  test('ends in a line that phones fill in by themselves, for the site that is configured', () => {
    const text = shortText(words, 'https://example.com');
    expect(text.split('\n').at(-1)).toBe('@example.com #042137');
    expect(text).toStartWith('042137 is your code for Example.');
  });
});
