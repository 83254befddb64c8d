import { describe, expect, test } from 'bun:test';
import { EventBus } from '../../src/core/event-bus.ts';

function busWithErrors() {
  const errors: unknown[] = [];
  return { bus: new EventBus<string>((error) => errors.push(error)), errors };
}

describe('the event bus', () => {
  test('tells every subscriber every event, in order', () => {
    const { bus } = busWithErrors();
    const heard: string[] = [];
    bus.subscribe((event) => void heard.push(`a:${event}`));
    bus.subscribe((event) => void heard.push(`b:${event}`));
    bus.publish('1');
    bus.publish('2');
    expect(heard).toEqual(['a:1', 'b:1', 'a:2', 'b:2']);
  });

  test('tells a subscriber nothing after it has left', () => {
    const { bus } = busWithErrors();
    const heard: string[] = [];
    const leave = bus.subscribe((event) => void heard.push(event));
    bus.publish('1');
    leave();
    bus.publish('2');
    expect(heard).toEqual(['1']);
  });

  test('goes on when a subscriber throws: the others hear the event, and all the next one', () => {
    const { bus, errors } = busWithErrors();
    const heard: string[] = [];
    bus.subscribe(() => {
      throw new Error('broken');
    });
    bus.subscribe((event) => void heard.push(event));
    bus.publish('1');
    bus.publish('2');
    expect(heard).toEqual(['1', '2']);
    expect(errors).toEqual([new Error('broken'), new Error('broken')]);
  });

  test('reports a subscriber that rejects, and waits for none', async () => {
    const { bus, errors } = busWithErrors();
    bus.subscribe(async () => {
      await null;
      throw new Error('broken later');
    });
    bus.publish('1');
    expect(errors).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual([new Error('broken later')]);
  });

  test('lets subscribers come and go while an event is told', () => {
    const { bus } = busWithErrors();
    const heard: string[] = [];
    const rejoin = (event: string): void => {
      heard.push(event);
      leave();
      leave = bus.subscribe(rejoin);
    };
    let leave = bus.subscribe(rejoin);
    bus.publish('1');
    bus.publish('2');
    expect(heard).toEqual(['1', '2']);
  });

  test('takes the same subscriber twice, and lets it leave once', () => {
    const { bus } = busWithErrors();
    const heard: string[] = [];
    const listen = (event: string) => void heard.push(event);
    const leave = bus.subscribe(listen);
    bus.subscribe(listen);
    leave();
    bus.publish('1');
    expect(heard).toEqual(['1']);
  });

  test('tells what a subscriber publishes after the event that made it do so, to all in the same order', () => {
    const { bus } = busWithErrors();
    const heard: string[] = [];
    bus.subscribe((event) => {
      heard.push(`a:${event}`);
      if (event === '1') bus.publish('2');
    });
    bus.subscribe((event) => void heard.push(`b:${event}`));
    bus.publish('1');
    expect(heard).toEqual(['a:1', 'b:1', 'a:2', 'b:2']);
  });
});
