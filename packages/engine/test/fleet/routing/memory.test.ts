import { expect, it } from 'vitest';
import { LearnedBlocks } from '../../../src/fleet/routing/learned-blocks.js';

it('of a worker that says nothing the newest blocks are remembered, and those of running requests', () => {
  const learned = new LearnedBlocks(100);
  learned.begin([-1]);
  for (let name = 0; name < 1000; name += 1) {
    learned.begin([name]);
    learned.end([name], true);
  }
  const names = [...learned.names()];
  expect(names).toContain(-1);
  expect(names).toContain(999);
  expect(names).not.toContain(0);
  expect(names.length).toBeLessThanOrEqual(100);
  expect(names.length).toBeGreaterThanOrEqual(90);
});
