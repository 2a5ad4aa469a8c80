import { expect, it } from 'vitest';
import { Conversations } from '../../../src/fleet/routing/conversations.js';
import { LearnedBlocks } from '../../../src/fleet/routing/learned-blocks.js';

it('conversations that were quiet for longest are forgotten, and no more than a few at once', () => {
  const conversations = new Conversations(100);
  for (let count = 0; count < 1000; count += 1) {
    conversations.moved(`talk ${count}`, 'a');
    conversations.moved('busy', 'b');
  }
  const known = Array.from({ length: 1000 }, (_, count) => conversations.workerOf(`talk ${count}`));
  expect(conversations.workerOf('busy')).toBe('b');
  expect(conversations.workerOf('talk 999')).toBe('a');
  expect(known.filter(Boolean).length).toBeGreaterThanOrEqual(85);
  expect(known.filter(Boolean).length).toBeLessThanOrEqual(100);
});

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
