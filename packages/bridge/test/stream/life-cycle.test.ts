import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LifeCycle, type LifeEvent } from '../../src/stream/life-cycle.js';

const events: LifeEvent[] = ['open', 'pause', 'resume', 'end', 'leave', 'close'];

test('a life ends once, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events)), (happening) => {
      const life = new LifeCycle();
      const states = happening.map((event) => {
        life.on(event);
        return life.state;
      });
      const end = states.indexOf('over');
      if (end !== -1) expect(states.slice(end).every((state) => state === 'over')).toBe(true);
      expect(life.on('close')).toBe(end === -1);
      expect(life.state).toBe('over');
    }),
  );
});

test.each<[LifeEvent[], string]>([
  [['open', 'pause', 'resume'], 'open'],
  [['open', 'pause', 'end'], 'ending'],
  [['open', 'leave'], 'left'],
  [['open', 'leave', 'end'], 'over'],
  [['open', 'end', 'leave'], 'over'],
  [['leave'], 'over'],
  [['end'], 'new'],
  [['open', 'end', 'resume'], 'ending'],
])('%j leads to %s', (happening, state) => {
  const life = new LifeCycle();
  for (const event of happening) life.on(event);
  expect(life.state).toBe(state);
});
