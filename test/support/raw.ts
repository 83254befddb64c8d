import { connect } from 'node:net';

/** Sends bytes as they stand to a service, and resolves to all it answers once it closes the connection. */
export function exchange(url: string, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(sent);
  });
}
