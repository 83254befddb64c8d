import { describe, expect, test } from 'bun:test';
import { Keys } from '../../src/redis/keys.ts';
import { slotOf } from '../../src/redis/slots.ts';

const keys = new Keys('otp:test:', 'a pepper for tests', 16);
const users = Array.from({ length: 4_000 }, (_, i) => `user-${i}`);

describe('keys in Redis', () => {
  test('are in one shard for everything of one user, whatever the purpose', () => {
    for (const user of users.slice(0, 100)) {
      const { shard, sender } = keys.ofUser(user);
      for (const purpose of ['default', 'login', 'a\\b']) {
        const record = keys.ofRecord({ user, purpose });
        expect(record.shard).toBe(shard);
        expect(record.sender).toBe(sender);
        expect(record.member).toStartWith(`${sender}.`);
      }
    }
  });

  test('of one shard are in one slot of a cluster, and each shard has its own equal part of the slots', () => {
    for (const count of [1, 3, 16, 256])
      for (const { number, base, live, kept, clock, moved, issued } of new Keys('otp:test:', '', count)
        .shards) {
        const slots = [`${base}member`, live, kept, clock, moved, issued].map(slotOf);
        expect(new Set(slots).size).toBe(1);
        expect(Math.floor(((slots[0] ?? 0) * count) / 16_384)).toBe(number);
      }
  });

  test('spread users over all shards', () => {
    const counts = new Map<number, number>();
    for (const user of users) {
      const { number } = keys.ofUser(user).shard;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    expect(counts.size).toBe(16);
    for (const count of counts.values()) expect(count).toBeWithin(150, 350);
  });

  test.each(['live', 'kept', 'clock', 'issued', '}', '{3}:live', 'a.b', '*', ''])(
    'of a user named %j are hashes of one length, which collide with no other key',
    (user) => {
      const { sender, member } = keys.ofRecord({ user, purpose: user });
      expect(sender).toMatch(/^[\w-]{22}$/);
      expect(member).toMatch(/^[\w-]{22}\.[\w-]{22}$/);
    },
  );
});

describe('what is stored of a code', () => {
  const alice = { user: 'alice', purpose: 'default' };

  test('is the same for the same code, and shows neither user nor digits', () => {
    expect(keys.mac(alice, '123456')).toBe(keys.mac({ ...alice }, '123456'));
    expect(keys.mac(alice, '123456')).toMatch(/^[\w-]{43}$/);
  });

  test('differs for another code, user, purpose or pepper', () => {
    const others = [
      keys.mac(alice, '123457'),
      keys.mac({ ...alice, user: 'bob' }, '123456'),
      keys.mac({ ...alice, purpose: 'login' }, '123456'),
      keys.mac({ user: 'alicedefault', purpose: '' }, '123456'),
      new Keys('otp:test:', 'another pepper', 16).mac(alice, '123456'),
    ];
    expect(new Set([...others, keys.mac(alice, '123456')]).size).toBe(6);
  });

  test('can be found under a previous pepper too, and never without one', () => {
    const rotated = new Keys('otp:test:', 'another pepper', 16, 'a pepper for tests');
    expect(rotated.previousMac(alice, '123456')).toBe(keys.mac(alice, '123456'));
    expect(keys.previousMac(alice, '123456')).toBe('');
  });
});
