import { afterEach, describe, expect, test } from 'bun:test';
import type { SMTPServerOptions } from 'smtp-server';
import { readConfig } from '../../../src/config.ts';
import { DeliveryFailure, type Message, SENDS_AT_ONCE, type Sender } from '../../../src/delivery/channel.ts';
import { email } from '../../../src/delivery/email/email.ts';
import { mailCatcher } from '../../support/mail-catcher.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const clock = new ManualClock();
const message: Message = {
  id: 'run-c1',
  user: 'alice',
  purpose: 'default',
  to: 'alice@example.com',
  code: '042137',
  expiresAt: clock.now() + 300_000,
};
const channels: Sender[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

/** A channel to the mail server at this URL. */
function channelTo(url: string) {
  const { config } = readConfig({ OTP_SMTP_URL: url, OTP_MAIL_FROM: 'otp@example.com' });
  const channel = email.open(config, { serviceName: 'Example', clock, realTime: Date.now });
  channels.push(channel);
  return channel;
}

/** The outcome of sending: undefined, or why it failed. */
async function outcome(channel: Sender, signal = new AbortController().signal) {
  return channel.send(message, signal).then(
    () => undefined,
    (error: unknown) => (error instanceof DeliveryFailure ? error.reason : error),
  );
}

const ANY_CERTIFICATE = 'tls.rejectUnauthorized=false';
const login: SMTPServerOptions = {
  authOptional: false,
  onAuth({ username, password }, _, done) {
    if (username === 'us@er' && password === 'p:ss') done(null, { user: username });
    else done(new Error('wrong password'));
  },
};

describe('e-mail', () => {
  test('is delivered with text, HTML and the headers of an automatic message', async () => {
    await using catcher = await mailCatcher();
    await channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`).send(
      message,
      new AbortController().signal,
    );
    const [mail] = await catcher.caught(1);
    expect(mail).toMatchObject({
      recipients: ['alice@example.com'],
      from: { name: 'Example', address: 'otp@example.com' },
      to: [{ name: '', address: 'alice@example.com' }],
      subject: 'Your code for Example',
      messageId: '<run-c1@example.com>',
    });
    expect(mail?.text).toContain('042137');
    expect(mail?.html).toContain('<strong>042137</strong>');
    expect(mail?.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
  });

  test('goes over TLS if the server offers it', async () => {
    await using catcher = await mailCatcher();
    expect(await outcome(channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: true }]);
  });

  test('goes unencrypted if the server offers no TLS and the URL does not require it', async () => {
    await using catcher = await mailCatcher({ disabledCommands: ['STARTTLS'] });
    expect(await outcome(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: false }]);
  });

  test('goes over TLS from the first byte with smtps', async () => {
    await using catcher = await mailCatcher({ secure: true });
    expect(await outcome(channelTo(`smtps://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: true }]);
  });

  test('is not sent to a server whose certificate is not trusted', async () => {
    await using catcher = await mailCatcher();
    expect(await outcome(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBe('unreachable');
    expect(catcher.mails).toEqual([]);
  });

  test('logs in with a percent-encoded user and password', async () => {
    await using catcher = await mailCatcher(login);
    const url = `smtp://us%40er:p%3Ass@127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`;
    expect(await outcome(channelTo(url))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ account: 'us@er', encrypted: true }]);
  });

  test('fails with a wrong password, and the error has neither the password nor the code', async () => {
    await using catcher = await mailCatcher(login);
    const url = `smtp://us%40er:hunter22@127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`;
    const failure = await channelTo(url)
      .send(message, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'refused', temporary: false });
    expect(Bun.inspect(failure)).not.toContain('hunter22');
    expect(Bun.inspect(failure)).not.toContain('042137');
  });

  test('does not send the password to a server that hides its offer of TLS, unless the URL allows it', async () => {
    const seen: string[] = [];
    await using catcher = await mailCatcher({
      ...login,
      disabledCommands: ['STARTTLS'],
      onAuth: (auth, _, done) => {
        seen.push(auth.username ?? '');
        done(null, { user: 'us@er' });
      },
    });
    const url = `smtp://us%40er:p%3Ass@127.0.0.1:${catcher.port}`;
    expect(await outcome(channelTo(url))).toBe('refused');
    expect(seen).toEqual([]);
    expect(await outcome(channelTo(`${url}?requireTLS=false`))).toBeUndefined();
    expect(seen).toEqual(['us@er']);
  });

  test.each([
    [550, 'refused'],
    [450, 'provider_error'],
    [421, 'provider_error'],
  ])('fails if the server answers its recipient with %d: %s', async (responseCode, reason) => {
    await using catcher = await mailCatcher({
      onRcptTo: (_, __, done) => done(Object.assign(new Error('no 042137 here'), { responseCode })),
    });
    expect(await outcome(channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBe(reason);
  });

  test('fails as unreachable if no server listens', async () => {
    const catcher = await mailCatcher();
    await catcher.die();
    expect(await outcome(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBe('unreachable');
  });

  test('is abandoned in the middle of a session when its signal aborts', async () => {
    const given = new AbortController();
    await using catcher = await mailCatcher({ onMailFrom: () => given.abort() });
    const channel = channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`);
    expect(await outcome(channel, given.signal)).toBe('unreachable');
    expect(catcher.mails).toEqual([]);
  });

  test('reaches a server that died in the middle of a session and came back', async () => {
    let deaths = 0;
    const first = await mailCatcher({
      onData: () => {
        deaths++;
        first.die();
      },
    });
    const channel = channelTo(`smtp://127.0.0.1:${first.port}?${ANY_CERTIFICATE}`);
    expect(await outcome(channel)).toBe('unreachable');
    expect(await outcome(channel)).toBe('unreachable');
    expect(deaths).toBe(1);
    await using second = await mailCatcher({}, first.port);
    expect(await outcome(channel)).toBeUndefined();
    expect(second.mails).toMatchObject([{ messageId: '<run-c1@example.com>' }]);
  });

  test('reuses connections, and opens no more than the messages sent at once', async () => {
    const connected: string[] = [];
    await using catcher = await mailCatcher({
      onConnect: ({ id }, done) => {
        connected.push(id);
        done();
      },
    });
    const channel = channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`);
    const sends = Array.from({ length: 3 * SENDS_AT_ONCE }, () => outcome(channel));
    expect(await Promise.all(sends)).toEqual(sends.map(() => undefined));
    expect(catcher.mails).toHaveLength(3 * SENDS_AT_ONCE);
    expect(connected.length).toBeWithin(1, SENDS_AT_ONCE + 1);
  });
});
