import { listOf } from './replies.ts';

/** Slots of a Redis Cluster. Each is at one primary. */
export const SLOTS = 16_384;

/** CRC-16 (XMODEM) of each byte. */
const CRC = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The slot of an ASCII key: by its hash tag, the part in braces, if it has one. */
export function slotOf(key: string): number {
  const begin = key.indexOf('{') + 1;
  const end = begin > 0 ? key.indexOf('}', begin) : -1;
  const hashed = end > begin ? key.slice(begin, end) : key;
  let crc = 0;
  for (let i = 0; i < hashed.length; i++)
    crc = ((crc << 8) ^ (CRC[((crc >> 8) ^ hashed.charCodeAt(i)) & 0xff] ?? 0)) & 0xffff;
  return crc % SLOTS;
}

/**
 * Reads the reply to `CLUSTER SLOTS`.
 *
 * @param askedAt address of the node that replied
 * @returns the address of each slot's primary, undefined for a slot without one
 */
export function ownersOf(reply: unknown, askedAt: string): (string | undefined)[] {
  const owners: (string | undefined)[] = Array.from({ length: SLOTS });
  for (const range of listOf(reply)) {
    const [first, last, primary] = listOf(range);
    const [host, port] = listOf(primary);
    owners.fill(addressFrom(`${host ?? ''}:${port}`, askedAt), Number(first), Number(last) + 1);
  }
  return owners;
}

/** Completes the address that a node tells: a node that does not know its own name leaves it out, or says `?`. */
export function addressFrom(told: string, askedAt: string): string {
  const colon = told.lastIndexOf(':');
  const host = told.slice(0, colon);
  if (host === '' || host === '?') return `${askedAt.slice(0, askedAt.lastIndexOf(':'))}${told.slice(colon)}`;
  // An IPv6 address stands in brackets in a URL.
  return host.includes(':') && !host.startsWith('[') ? `[${host}]${told.slice(colon)}` : told;
}
