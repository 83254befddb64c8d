/** How many bits a number takes in a packed id. */
const NUMBER_BITS = 53n;

/** 36^6: six characters of a name at a time are a number that JavaScript has exactly. */
const SIX = 36 ** 6;

/**
 * An id of the service as 32 hexadecimal digits, the first three of them 0, which is what the ids of most providers have
 * room for. Packed ids are not kept: they are read back.
 *
 * @param id such as `mws4q1rfd2c6-c1` or `s15-c1795902000000000`
 */
export function packId(id: string): string {
  const [, name = '', number = ''] = /^([a-z0-9]{1,12})-[a-z](\d+)$/.exec(id) ?? [];
  const upper = parseInt(name.slice(0, -6) || '0', 36);
  const packed = (BigInt(upper) * BigInt(SIX) + BigInt(parseInt(name.slice(-6), 36))) << NUMBER_BITS;
  return (packed | BigInt(number)).toString(16).padStart(32, '0');
}

/** The id in 32 hexadecimal digits. @param kind of the id: `c` for codes, `m` for messages */
export function unpackId(packed: string, kind: 'c' | 'm'): string {
  const bits = BigInt(`0x${packed}`);
  return `${(bits >> NUMBER_BITS).toString(36)}-${kind}${BigInt.asUintN(Number(NUMBER_BITS), bits)}`;
}
