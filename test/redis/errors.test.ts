import { describe, expect, test } from 'bun:test';
import { refusalOf } from '../../src/redis/errors.ts';

/** An error as Bun's client rejects with one. */
const redisError = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('an error of a call to Redis', () => {
  test('is our bug, to be rethrown as it is, unless Redis or the network caused it', () => {
    expect(refusalOf(new TypeError('undefined is not a function'))).toBeUndefined();
    expect(refusalOf('not even an error')).toBeUndefined();
    expect(
      refusalOf(redisError('ERR_REDIS_SERVER_ERROR', 'WRONGTYPE Operation against a key')),
    ).toBeUndefined();
  });

  test('costs the connection only if a new one may do better', () => {
    expect(refusalOf(redisError('ERR_REDIS_SERVER_ERROR', 'OOM command not allowed'))?.losesLink).toBe(false);
    expect(refusalOf(redisError('ERR_REDIS_SERVER_ERROR', 'READONLY You can not write'))?.losesLink).toBe(
      true,
    );
    expect(refusalOf(redisError('ERR_REDIS_CONNECTION_CLOSED', 'closed'))?.losesLink).toBe(true);
  });
});
