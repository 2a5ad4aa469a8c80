import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Router } from '../../../src/fleet/routing/index.js';
import { hashText } from '../../../src/fleet/routing/hashes.js';
import { homeOf } from '../../../src/fleet/routing/home.js';
import { Member } from '../../../src/fleet/routing/member.js';
import { blocks, request, seededRandom, worker } from './support/views.js';

const WORKERS = ['a', 'b', 'c', 'd', 'e'];
const TOLERANCE = 0.25;
const COMFORT = 0.5;
const AHEAD = 0.25;

type Step =
  | { type: 'ask'; names: number[] }
  | { type: 'finish'; place: number; computed: boolean }
  | { type: 'announce'; id: string; slots: number; draining: boolean; digest: number[] | undefined }
  | { type: 'leave'; id: string };

const someone = fc.constantFrom(...WORKERS);
const names = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      names,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('finish' as const),
      place: fc.nat(),
      computed: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('announce' as const),
      id: someone,
      slots: fc.integer({ min: 1, max: 6 }),
      draining: fc.boolean(),
      digest: fc.option(names, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const), id: someone }) },
);

/** The fleet as it truly is, beside the router's idea of it. */
class Fleet {
  readonly router = new Router({
    tolerance: TOLERANCE,
    comfort: COMFORT,
    ahead: AHEAD,
    random: seededRandom(1),
  });
  readonly open = new Map<string, number>();
  readonly running = new Map<string, string>();

  loadOf(id: string): number {
    return [...this.running.values()].filter((each) => each === id).length;
  }

  /** Most requests of one worker after one more came. */
  boundOf(id: string): number {
    const slots = this.open.get(id) ?? 0;
    const all = [...this.open.values()].reduce((sum, each) => sum + each, 0);
    const load = [...this.open.keys()].reduce((sum, each) => sum + this.loadOf(each), 0);
    const fair = ((load + 1) * slots) / all;
    const bound = Math.max(Math.ceil((1 + TOLERANCE) * fair), Math.ceil(slots * COMFORT));
    return Math.min(bound, slots + Math.ceil(slots * AHEAD));
  }

  get hasPlace(): boolean {
    return [...this.open].some(([id, slots]) => this.loadOf(id) < slots + Math.ceil(slots * AHEAD));
  }

  take(change: Step): void {
    switch (change.type) {
      case 'ask':
        return this.#ask(change.names);
      case 'finish': {
        const ids = [...this.running.keys()];
        const finished = ids[change.place % Math.max(1, ids.length)];
        if (finished === undefined) return;
        this.running.delete(finished);
        return this.router.finished(finished, change.computed);
      }
      case 'announce': {
        const { slots, draining } = change;
        this.open.delete(change.id);
        if (!draining) this.open.set(change.id, slots);
        const digest = change.digest && new Set(change.digest);
        const requests = this.loadOf(change.id);
        return this.router.announce(worker(change.id, { slots, requests, digest }, { draining }));
      }
      case 'leave':
        this.open.delete(change.id);
        for (const [one, at] of this.running) if (at === change.id) this.running.delete(one);
        return this.router.leave(change.id);
      default:
        return change satisfies never;
    }
  }

  #ask(prompt: number[]): void {
    const one = request({ blocks: blocks(...prompt) });
    const had = this.hasPlace;
    const choice = this.router.choose(one);
    if (choice.type !== 'placed') {
      expect(choice.type).toBe(this.open.size === 0 ? 'absent' : 'full');
      expect(had).toBe(false);
      return;
    }
    expect([...this.open.keys()]).toContain(choice.workerId);
    expect(this.loadOf(choice.workerId)).toBeLessThan(this.boundOf(choice.workerId));
    expect(choice.cachedShare).toBeGreaterThanOrEqual(0);
    expect(choice.cachedShare).toBeLessThanOrEqual(1);
    this.running.set(one.id, choice.workerId);
  }
}

it('whatever happens, requests go to workers that are open, within their bound, wherever one has a place', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const fleet = new Fleet();
      for (const change of steps) fleet.take(change);
    }),
    { numRuns: 150, seed: 22 },
  );
});

const members = (count: number) =>
  Array.from({ length: count }, (_, index) => new Member(`worker ${index}`, 10));

it('a worker that joins takes prompts for itself and moves no other', () => {
  const before = members(20);
  const joined = new Member('new', 10);
  let moved = 0;
  for (let name = 0; name < 2000; name += 1) {
    const hash = hashText(String(name));
    const [old, now] = [homeOf(hash, before), homeOf(hash, [...before, joined])];
    if (now === old) continue;
    expect(now).toBe(joined);
    moved += 1;
  }
  // A 21st of them, give or take four standard deviations.
  expect(moved).toBeGreaterThan(60);
  expect(moved).toBeLessThan(135);
});

it('a worker that leaves moves its own prompts only, and to all others alike', () => {
  const before = members(10);
  const [gone, ...rest] = before;
  const heirs = new Map<Member | undefined, number>();
  for (let name = 0; name < 5000; name += 1) {
    const hash = hashText(String(name));
    const old = homeOf(hash, before);
    const now = homeOf(hash, rest);
    if (old !== gone) expect(now).toBe(old);
    else heirs.set(now, (heirs.get(now) ?? 0) + 1);
  }
  expect(heirs.size).toBe(9);
  expect(Math.max(...heirs.values())).toBeLessThan(100);
});

it('homes are in proportion to slots', () => {
  const [small, large] = members(2);
  if (small === undefined || large === undefined) throw new Error('two were made');
  [small.slots, large.slots] = [8, 24];
  let atLarge = 0;
  for (let name = 0; name < 4000; name += 1) {
    if (homeOf(hashText(String(name)), [small, large]) === large) atLarge += 1;
  }
  expect(atLarge / 4000).toBeGreaterThan(0.72);
  expect(atLarge / 4000).toBeLessThan(0.78);
});
