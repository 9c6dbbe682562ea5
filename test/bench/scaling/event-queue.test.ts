import { expect, test } from 'vitest';
import { EventQueue } from '../../../bench/scaling/event-queue.js';
import { Random } from '../../../src/random.js';

test('events come by time, those of the same time in the order in which they were added', () => {
  const random = new Random(1);
  const events = Array.from({ length: 500 }, (_, order) => ({ time: random.integer(40), order }));
  const queue = new EventQueue<number>();
  for (const { time, order } of events) queue.add(time, order);
  const sorted = events.toSorted((a, b) => a.time - b.time || a.order - b.order);
  expect(events.map(() => queue.take())).toEqual(
    sorted.map(({ time, order }) => expect.objectContaining({ time, event: order })),
  );
  expect(queue.take()).toBeUndefined();
});
