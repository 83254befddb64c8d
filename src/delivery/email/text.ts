/** The parts of an e-mail that carries a code. The subject has no code, because mail servers log subjects. */
export function emailText({ code, service, timeLeft }: { code: string; service: string; timeLeft: string }) {
  const subject = `Your code for ${service}`;
  const text = `${subject}:

    ${code}

It expires in ${timeLeft} and works once. Don't share it with anyone.
If you didn't request it, ignore this message.
`;
  const html = `<p>${Bun.escapeHTML(subject)}:</p>
<p style="font-size:2em;letter-spacing:.1em"><strong>${code}</strong></p>
<p>It expires in ${timeLeft} and works once. Don't share it with anyone.<br>
If you didn't request it, ignore this message.</p>
`;
  return { subject, text, html };
}
