import type { Announcement } from '@mlx/schemas/fleet';
import { expect, test } from 'vitest';
import { Surplus } from '../../../src/fleet/placing/surplus.js';
import { whereToSpread } from '../../../src/fleet/placing/where-to-spread.js';
import { announcement, model } from './support/announcements.js';

const holder = announcement('holder', { models: [model('m', { requests: 8 })] });

function spreadTo(others: readonly Announcement[], failed: readonly string[] = []) {
  const workers = [holder, ...others];
  const surplus = new Surplus();
  surplus.look(workers, 0);
  const found = whereToSpread('m', { workers, surplus, now: 60_000, failed: new Set(failed) });
  return found && [found.worker.name, ...found.unload];
}

test('a hot model goes to the worker with most room of those that are least busy', () => {
  const busy = announcement('busy', { models: [model('x', { requests: 3 })] });
  const small = announcement('small', { memoryBudgetBytes: 20 });
  const large = announcement('large', { memoryBudgetBytes: 100 });
  expect(spreadTo([busy, small, large])).toEqual(['large']);
  expect(spreadTo([busy, small])).toEqual(['small']);
  expect(spreadTo([busy])).toEqual(['busy']);
});

test.each<[string, Partial<Announcement>]>([
  ['drains', { draining: true }],
  ['does not store it', { storedModels: [] }],
  ['has it', { models: [model('m')] }],
  ['is half busy', { models: [model('x', { requests: 4 })] }],
  ['has no memory for it', { models: [model('x', { memoryBytes: 25, onDemand: false })] }],
  ['may have no more models', { maxModels: 1, models: [model('x', { onDemand: false })] }],
])('a worker that %s does not get it', (_, changes) => {
  expect(spreadTo([announcement('other', changes)])).toBe(undefined);
});

test('one that could not load it is passed over', () => {
  expect(spreadTo([announcement('a'), announcement('b')], ['a.1'])).toEqual(['b']);
});

test('nothing happens while a worker loads it', () => {
  const loading = announcement('loading', { models: [model('m', { ready: false })] });
  expect(spreadTo([loading, announcement('free')])).toBe(undefined);
});

test('a model takes on a worker what that one says, such as its share of one over several devices', () => {
  const share = [{ id: 'm', memoryBytes: 4, adapters: [] }];
  const tight = announcement('tight', { memoryBudgetBytes: 5, storedModels: share });
  expect(spreadTo([tight])).toEqual(['tight']);
  const silent = announcement('silent', {
    memoryBudgetBytes: 5,
    storedModels: [{ id: 'm', adapters: [] }],
  });
  expect(spreadTo([silent])).toBe(undefined);
});

const full = (changes: Parameters<typeof model>[1]) =>
  announcement('full', { memoryBudgetBytes: 15, models: [model('x', changes)] });

test('what nobody used for long, and another worker has, makes room; nothing else does', () => {
  const twin = announcement('twin', { models: [model('x')], storedModels: [] });
  expect(spreadTo([full({}), twin])).toEqual(['full', 'x']);
  expect(spreadTo([full({})])).toBe(undefined);
  expect(spreadTo([full({ onDemand: false }), twin])).toBe(undefined);
  expect(spreadTo([full({ requests: 1 }), twin])).toBe(undefined);
  expect(
    spreadTo([full({}), announcement('twin', { models: [model('x', { requests: 6 })] })]),
  ).toBe(undefined);
});

test('a model that was used a moment ago makes no room', () => {
  const twins = [
    announcement('full', { memoryBudgetBytes: 15, models: [model('x')] }),
    announcement('twin', { models: [model('x')], storedModels: [] }),
  ];
  const surplus = new Surplus();
  const [used, idle] = twins.map((one) => ({ ...one, models: [model('x', { requests: 1 })] }));
  if (!used || !idle) throw new Error('Two workers were announced');
  surplus.look([holder, ...twins], 0);
  surplus.look([holder, used, idle], 50_000);
  surplus.look([holder, ...twins], 50_100);
  const at = (now: number) =>
    whereToSpread('m', { workers: [holder, ...twins], surplus, now, failed: new Set() });
  expect(at(60_000)).toBe(undefined);
  expect(at(81_000)).toMatchObject({ unload: ['x'] });
});
