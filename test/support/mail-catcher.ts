import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as the server received it. */
export interface CaughtMail extends Email {
  /** The recipients of the envelope. */
  readonly recipients: string[];
  /** Whether it arrived over TLS. */
  readonly encrypted: boolean;
  /** The account that the client logged in with. */
  readonly account: string | undefined;
}

/**
 * A real mail server on this machine that keeps the mails it receives. Its certificate is not valid.
 *
 * @param options of smtp-server. By default it needs no login and offers STARTTLS
 * @param port 0 for any free port
 */
export async function mailCatcher(options: SMTPServerOptions = {}, port = 0) {
  const mails: CaughtMail[] = [];
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    closeTimeout: 0,
    onData(stream, { envelope, secure, user }, done) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((mail) => {
          const recipients = envelope.rcptTo.map(({ address }) => address);
          mails.push({ ...mail, recipients, encrypted: secure, account: user });
          done();
        });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.server.address() as AddressInfo;
  return {
    port: own,
    mails,
    server,
    /** Resolves to the mails once there are at least `count`. */
    async caught(count: number): Promise<CaughtMail[]> {
      while (mails.length < count) await Bun.sleep(5);
      return mails;
    },
    /** Stops it at once and cuts all its connections. */
    die(): Promise<void> {
      for (const connection of server.connections) connection._socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
    [Symbol.asyncDispose](): Promise<void> {
      return this.die();
    },
  };
}
