import type { Channel } from '../../src/delivery/channel.ts';

/** A channel of a test's own: its messages go to `send`, whatever they are addressed to. */
export function channelOf(send: Channel['send'], name: Channel['name'] = 'webhook'): Channel {
  return { name, send, close: () => {} };
}
