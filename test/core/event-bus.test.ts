import { describe, expect, test } from 'bun:test';
import { EventBus } from '../../src/core/event-bus.ts';

function busOf() {
  const errors: unknown[] = [];
  return { bus: new EventBus<string>((error) => errors.push(error)), errors };
}

describe('the event bus', () => {
  test('passes every event to every subscriber, in order', () => {
    const { bus } = busOf();
    const seen: string[] = [];
    bus.subscribe((event) => void seen.push(`a ${event}`));
    bus.subscribe((event) => void seen.push(`b ${event}`));
    bus.publish('1');
    bus.publish('2');
    expect(seen).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
  });

  test('passes an event on to the others when a subscriber throws, and the next event to all', () => {
    const { bus, errors } = busOf();
    const seen: string[] = [];
    bus.subscribe((event) => {
      throw new Error(`no ${event}`);
    });
    bus.subscribe((event) => void seen.push(event));
    bus.publish('1');
    bus.publish('2');
    expect(seen).toEqual(['1', '2']);
    expect(errors).toEqual([new Error('no 1'), new Error('no 2')]);
  });

  test('reports a subscriber that rejects, and waits for none', async () => {
    const { bus, errors } = busOf();
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    bus.subscribe(() => slow);
    bus.subscribe(() => Promise.reject(new Error('no')));
    bus.publish('1');
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toEqual([new Error('no')]);
    finish();
    await slow;
  });

  test('passes on what a subscriber publishes after the event that caused it, to all in the same order', () => {
    const { bus } = busOf();
    const seen: string[] = [];
    bus.subscribe((event) => {
      if (event === '1') bus.publish('caused by 1');
    });
    bus.subscribe((event) => void seen.push(event));
    bus.publish('1');
    bus.publish('2');
    expect(seen).toEqual(['1', 'caused by 1', '2']);
  });
});
