import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowQueue } from '../../src/stream/row-queue.js';

test('rows leave in the order they came, through any mix of pushes and shifts', () => {
  const step = fc.record({ pushes: fc.nat(3000), shifts: fc.nat(3000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const queue = new RowQueue();
      let pushed = 0;
      let shifted = 0;
      for (const { pushes, shifts } of steps) {
        for (let count = 0; count < pushes; count += 1) {
          queue.push({ streamId: 'a', text: '', tokens: [pushed] });
          pushed += 1;
        }
        for (let count = 0; count < shifts && shifted < pushed; count += 1) {
          if (queue.shift()?.tokens[0] !== shifted) throw new Error('out of order');
          shifted += 1;
        }
        expect(queue.size).toBe(pushed - shifted);
      }
    }),
    { numRuns: 50 },
  );
});
