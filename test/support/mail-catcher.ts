import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as a mail server got it. */
export interface CaughtMail extends Email {
  /** Whom the server was told that it is for. */
  readonly recipients: string[];
  /** Whether it came over TLS. */
  readonly encrypted: boolean;
  /** Who had logged in. */
  readonly account: string | undefined;
}

/**
 * A real mail server on this machine that keeps what it gets. Its certificate is nobody's.
 *
 * @param options further ones for the server; its own are: no authentication, STARTTLS on offer
 * @param port 0 picks one
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
    /** Resolves to the mails once there are so many. */
    async caught(count: number): Promise<CaughtMail[]> {
      while (mails.length < count) await Bun.sleep(5);
      return mails;
    },
    /** Ends it with all its connections, in the middle of whatever they do. */
    die(): Promise<void> {
      for (const connection of server.connections) connection._socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
    [Symbol.asyncDispose](): Promise<void> {
      return this.die();
    },
  };
}
