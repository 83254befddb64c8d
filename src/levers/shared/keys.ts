const BASE = 'otp:mock:{lever}:';

/**
 * What the levers of all replicas have in common in Redis. There is none of it but in mock mode: strict mode has no
 * levers, and the journal has codes in it.
 */
export const LEVER_KEYS = {
  /** Hash: fixed codes and faults as lists in JSON, and a version that is another whenever one of them is. */
  lists: `${BASE}lists`,
  /** Hash: how often each fault of the list has struck, by its place in it, and `all` together. */
  struck: `${BASE}struck`,
  /** Stream: what replicas have told each other. */
  journal: `${BASE}journal`,
  /** Hash: how many codes there have been for a user and a purpose. */
  seeds: `${BASE}seeds`,
  /** Sorted set: the same users and purposes, those that asked longest ago first. */
  seedsByUse: `${BASE}seeds-by-use`,
  /** Whose turn it is to move the clock or to end codes. */
  turn: `${BASE}turn`,
} as const;

/** How long all that is kept after the last use of it, in milliseconds. */
export const KEPT_MS = 86_400_000;
