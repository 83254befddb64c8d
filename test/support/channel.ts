import type { Channel } from '../../src/delivery/channel.ts';

/** A channel that hands every message to `send`. */
export function channelOf(send: Channel['send'], name: Channel['name'] = 'webhook'): Channel {
  return { name, send, close: () => {} };
}
