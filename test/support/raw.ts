import { connect } from 'node:net';

/**
 * A request over a bare socket, sent in two parts. `begun` resolves at the first byte of the answer; `answer` resolves
 * to all of it once the connection is closed.
 */
export function halves(url: string, first: string) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const answer = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.on('data', (data) => {
      begin();
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  socket.write(first);
  return { begun, answer, send: (second: string) => socket.write(second) };
}

/** Sends these bytes unchanged. Resolves to the whole answer once the service closes the connection. */
export function exchange(url: string, sent: string): Promise<string> {
  return halves(url, sent).answer;
}
