/** What the service does for each call besides a bare server's work, in the order in which the floor adds it. */
export const DUTIES = [
  { name: 'headers', does: 'three headers on each answer, a request id, a check of Host and Origin' },
  { name: 'body', does: 'a body of at most 16 KiB, in valid UTF-8, with no key twice, that keeps a schema' },
  { name: 'problems', does: 'errors as RFC 9457 problems' },
  { name: 'store', does: 'wrong codes are counted, and expired codes removed' },
  { name: 'events', does: 'a numbered fact for each step' },
  { name: 'inbox', does: 'the last 1,000 messages and 4,096 events' },
  { name: 'log', does: 'a line for each event, to a pipe that is read' },
  { name: 'metrics', does: 'counters, and a histogram of durations' },
] as const;

export type Duty = (typeof DUTIES)[number]['name'];
