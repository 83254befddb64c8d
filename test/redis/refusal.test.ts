import { expect, test } from 'bun:test';
import { StoreUnavailable } from '../../src/core/store.ts';
import { refusalOf } from '../../src/redis/refusal.ts';

const said = (message: string, code = 'ERR_REDIS_SERVER_ERROR') =>
  Object.assign(new Error(message), { code });

test.each([
  ['OOM command not allowed', false],
  ['NOPERM this user has no permissions', false],
  ['READONLY You can’t write against a read only replica', true],
  ['LOADING Redis is loading the dataset in memory', true],
])(
  'a Redis that says %j is a store that is away; whether the connection is, too: %p',
  (message, isLasting) => {
    const refusal = refusalOf(said(message));
    expect(refusal.error).toBeInstanceOf(StoreUnavailable);
    expect(refusal.isLasting).toBe(isLasting);
  },
);

test('a connection that broke off is a store that is away', () => {
  const refusal = refusalOf(said('Connection closed', 'ERR_REDIS_CONNECTION_CLOSED'));
  expect(refusal.error).toBeInstanceOf(StoreUnavailable);
  expect(refusal.isLasting).toBe(true);
});

test('a script that fails is a flaw of ours, and stays as it is', () => {
  const flaw = said('ERR user_script:7: attempt to index nil');
  expect(refusalOf(flaw)).toEqual({ error: flaw, isLasting: false });
});

test('so is whatever the client fails with that Redis has not said, with its cause', () => {
  const cause = new TypeError('no string');
  const { error, isLasting } = refusalOf(cause);
  expect(error.cause).toBe(cause);
  expect(error).not.toBeInstanceOf(StoreUnavailable);
  expect(isLasting).toBe(false);
});
