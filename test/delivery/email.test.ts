import { afterEach, describe, expect, test } from 'bun:test';
import type { SMTPServerOptions } from 'smtp-server';
import { readConfig } from '../../src/config.ts';
import { type Channel, DeliveryFailure, type Message } from '../../src/delivery/channel.ts';
import { emailChannel } from '../../src/delivery/email.ts';
import { mailCatcher } from '../support/mail-catcher.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock();
const message: Message = {
  id: 'run-c1',
  user: 'alice',
  purpose: 'default',
  to: 'alice@example.com',
  code: '042137',
  expiresAt: clock.now() + 300_000,
};
const channels: Channel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

/** A channel to a mail server at this URL. */
function channelTo(url: string, env: Record<string, string> = {}) {
  const settings = { OTP_SMTP_URL: url, OTP_MAIL_FROM: 'otp@example.com', OTP_SERVICE_NAME: 'Example' };
  const { config } = readConfig({ ...settings, ...env });
  const channel = emailChannel(config, clock, 2);
  channels.push(channel);
  return channel;
}

/** What sending comes to: undefined, or the fault. */
async function fate(channel: Channel, it = message, signal = new AbortController().signal) {
  return channel.send(it, signal).then(
    () => undefined,
    (error: unknown) => (error instanceof DeliveryFailure ? error.fault : error),
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
  test('is delivered, with text, HTML and the headers that a mail of a machine has', async () => {
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

  test('goes over TLS where the server offers it, without being asked to', async () => {
    await using catcher = await mailCatcher();
    expect(await fate(channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: true }]);
  });

  test('goes in the clear where the server offers no TLS and nobody has asked for it', async () => {
    await using catcher = await mailCatcher({ disabledCommands: ['STARTTLS'] });
    expect(await fate(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: false }]);
  });

  test('goes over TLS from the start with smtps', async () => {
    await using catcher = await mailCatcher({ secure: true });
    expect(await fate(channelTo(`smtps://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ encrypted: true }]);
  });

  test('is not sent to a server whose certificate is nobody’s, unless that is allowed', async () => {
    await using catcher = await mailCatcher();
    expect(await fate(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBe('unreachable');
    expect(catcher.mails).toEqual([]);
  });

  test('logs in, with a user and a password that hold what a URL must escape', async () => {
    await using catcher = await mailCatcher(login);
    const url = `smtp://us%40er:p%3Ass@127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`;
    expect(await fate(channelTo(url))).toBeUndefined();
    expect(catcher.mails).toMatchObject([{ account: 'us@er', encrypted: true }]);
  });

  test('is refused with a wrong password, which stands in no error', async () => {
    await using catcher = await mailCatcher(login);
    const url = `smtp://us%40er:hunter22@127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`;
    const failure = await channelTo(url)
      .send(message, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ fault: 'refused', passing: false });
    expect(Bun.inspect(failure)).not.toContain('hunter22');
    expect(Bun.inspect(failure)).not.toContain('042137');
  });

  test('gives no password away to a server that hides its offer of TLS', async () => {
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
    expect(await fate(channelTo(url))).toBe('refused');
    expect(seen).toEqual([]);
    expect(await fate(channelTo(`${url}?requireTLS=false`))).toBeUndefined();
    expect(seen).toEqual(['us@er']);
  });

  test.each([
    [550, 'refused'],
    [450, 'provider_error'],
    [421, 'provider_error'],
  ])('whose address a server answers with %d is %s', async (responseCode, fault) => {
    await using catcher = await mailCatcher({
      onRcptTo: (_, __, done) => done(Object.assign(new Error('no 042137 here'), { responseCode })),
    });
    expect(await fate(channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`))).toBe(fault);
  });

  test('is not delivered where nobody listens, which may pass', async () => {
    const catcher = await mailCatcher();
    await catcher.die();
    expect(await fate(channelTo(`smtp://127.0.0.1:${catcher.port}`))).toBe('unreachable');
  });

  test('is given up when nobody waits for it any more, in the middle of a session', async () => {
    const given = new AbortController();
    await using catcher = await mailCatcher({ onMailFrom: () => given.abort() });
    const channel = channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`);
    expect(await fate(channel, message, given.signal)).toBe('unreachable');
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
    expect(await fate(channel)).toBe('unreachable');
    expect(await fate(channel)).toBe('unreachable');
    expect(deaths).toBe(1);
    await using second = await mailCatcher({}, first.port);
    expect(await fate(channel)).toBeUndefined();
    expect(second.mails).toMatchObject([{ messageId: '<run-c1@example.com>' }]);
  });

  test('goes over connections that are kept, as few as there may be', async () => {
    const connected: string[] = [];
    await using catcher = await mailCatcher({
      onConnect: ({ id }, done) => {
        connected.push(id);
        done();
      },
    });
    const channel = channelTo(`smtp://127.0.0.1:${catcher.port}?${ANY_CERTIFICATE}`);
    for (let round = 0; round < 3; round++)
      expect(await Promise.all([fate(channel), fate(channel)])).toEqual([undefined, undefined]);
    expect(catcher.mails).toHaveLength(6);
    expect(connected.length).toBeWithin(1, 3);
  });
});
