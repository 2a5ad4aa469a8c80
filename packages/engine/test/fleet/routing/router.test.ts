import { describe, expect, it } from 'vitest';
import { Router, type Choice, type PromptBlocks } from '../../../src/fleet/routing/index.js';
import { blocks, request, seededRandom, worker } from './support/views.js';

function routerOf(...views: Parameters<typeof worker>[]): Router {
  const router = new Router({ random: seededRandom(1) });
  for (const view of views) router.announce(worker(...view));
  return router;
}

const where = (choice: Choice) => (choice.type === 'placed' ? choice.workerId : choice.type);

/** Lets a worker read a prompt. */
function read(router: Router, prompt: PromptBlocks): string {
  const one = request({ blocks: prompt });
  const choice = router.choose(one);
  router.finished(one.id, true);
  return where(choice);
}

describe('which workers', () => {
  it('a model that no worker has is absent', () => {
    expect(new Router().choose(request())).toEqual({ type: 'absent' });
    expect(routerOf(['a']).choose(request({ model: 'other' }))).toEqual({ type: 'absent' });
  });

  it('workers that drain, load, failed the request or are gone get nothing', () => {
    const router = routerOf(
      ['draining', {}, { draining: true }],
      ['loading', { ready: false }],
      ['failed'],
      ['gone'],
      ['without', {}, { models: [] }],
    );
    router.leave('gone');
    const choice = router.choose(request({ avoid: new Set(['failed']) }));
    expect(choice).toEqual({ type: 'absent' });
    expect(where(router.choose(request()))).toBe('failed');
  });

  it('an answer that goes on goes to an equal model, an older release beside it or not', () => {
    const router = routerOf(['old', { fingerprint: '1' }], ['new', { fingerprint: '2' }]);
    const at = (fingerprint: string) => where(router.choose(request({ fingerprint })));
    expect([at('2'), at('1'), at('2'), at('3')]).toEqual(['new', 'old', 'new', 'absent']);
  });

  it('a worker that took its model out of memory gets nothing', () => {
    const router = routerOf(['a']);
    router.announce(worker('a', {}, { models: [] }));
    expect(router.choose(request())).toEqual({ type: 'absent' });
  });
});

describe('load', () => {
  it('all full: to be asked again when a request has finished', () => {
    const router = routerOf(['a', { slots: 4 }]);
    const placed = Array.from({ length: 5 }, () => request());
    for (const one of placed) expect(where(router.choose(one))).toBe('a');
    expect(router.choose(request())).toEqual({ type: 'full' });
    router.finished(placed[0]?.id ?? '', true);
    expect(where(router.choose(request()))).toBe('a');
  });

  it('requests of other gateways count, and own ones are not counted twice', () => {
    const router = routerOf(['a', { slots: 4 }]);
    for (let count = 0; count < 3; count += 1) router.choose(request());
    router.announce(worker('a', { slots: 4, requests: 4 }));
    expect(where(router.choose(request()))).toBe('a');
    expect(router.choose(request())).toEqual({ type: 'full' });
  });

  it('work is in proportion to slots', () => {
    const router = routerOf(['small', { slots: 4 }], ['large', { slots: 32 }]);
    const at = Array.from({ length: 24 }, () => where(router.choose(request())));
    expect(at.filter((id) => id === 'small').length).toBeLessThanOrEqual(4);
  });

  it('what a worker that died had does not count when it comes back', () => {
    const router = routerOf(['a', { slots: 1 }]);
    const lost = request();
    router.choose(lost);
    router.leave('a');
    router.announce(worker('a', { slots: 1 }));
    router.finished(lost.id, false);
    expect(where(router.choose(request()))).toBe('a');
  });
});

describe('prefixes', () => {
  const views: Parameters<typeof worker>[] = [['a'], ['b'], ['c'], ['d']];

  it('a conversation stays with the worker that holds it, and its share is told', () => {
    const router = routerOf(...views);
    const first = read(router, blocks(1, 2));
    const choice = router.choose(request({ blocks: blocks(1, 2, 3, 4) }));
    expect(choice).toEqual({
      type: 'placed',
      workerId: first,
      reason: 'prefix',
      cachedShare: 0.5,
    });
  });

  it('the worker that announced the most of the prompt is taken', () => {
    const router = routerOf(
      ['little', { digest: new Set([1]) }],
      ['most', { digest: new Set([1, 2, 3]) }],
      ['none', {}],
    );
    expect(router.choose(request({ blocks: blocks(1, 2, 3, 9) }))).toMatchObject({
      workerId: 'most',
      reason: 'prefix',
      cachedShare: 0.75,
    });
  });

  it('beyond its bound the next best is taken, not a queue', () => {
    const router = routerOf(
      ['most', { digest: new Set([1, 2, 3]), slots: 4 }],
      ['some', { digest: new Set([1, 2]), slots: 4 }],
      ['idle', { slots: 4 }],
    );
    const at = Array.from({ length: 8 }, () =>
      where(router.choose(request({ blocks: blocks(1, 2, 3) }))),
    );
    expect(at.slice(0, 2)).toEqual(['most', 'most']);
    expect(new Set(at)).toEqual(new Set(['most', 'some', 'idle']));
  });

  it('a digest that no longer names a prompt ends what was learned of it, once it is sure', () => {
    const router = routerOf(['a'], ['b']);
    const first = read(router, blocks(1, 2));
    const share = () => {
      const one = request({ blocks: blocks(1, 2) });
      const choice = router.choose(one);
      router.finished(one.id, false);
      return choice.type === 'placed' ? choice.cachedShare : undefined;
    };
    // The first may have been made before the prompt was read.
    router.announce(worker(first, { digest: new Set() }));
    expect(share()).toBe(1);
    router.announce(worker(first, { digest: new Set() }));
    expect(share()).toBe(0);
  });

  it('a prompt that its worker failed to read is not taken to be kept', () => {
    const router = routerOf(...views);
    const one = request({ blocks: blocks(1, 2) });
    router.choose(one);
    router.finished(one.id, false);
    expect(router.choose(request({ blocks: blocks(1, 2) }))).toMatchObject({ reason: 'home' });
  });

  it('gateways that know nothing of each other send a new prompt to one worker', () => {
    const homes = [1, 2, 3].map((seed) => {
      const router = new Router({ random: seededRandom(seed) });
      for (const id of ['d', 'a', 'c', 'b']) router.announce(worker(id));
      return Array.from({ length: 20 }, (_, name) => read(router, blocks(name)));
    });
    expect(homes[1]).toEqual(homes[0]);
    expect(homes[2]).toEqual(homes[0]);
    expect(new Set(homes[0]).size).toBe(4);
  });

  it('prompts with one beginning do not gather on one worker until its cache is full', () => {
    const router = routerOf(...views);
    const at = Array.from({ length: 200 }, (_, agent) =>
      read(router, blocks(1, 2, 1000 + agent, 2000 + agent, 3000 + agent)),
    );
    const counts = ['a', 'b', 'c', 'd'].map((id) => at.filter((each) => each === id).length);
    expect(Math.max(...counts)).toBeLessThan(100);
    expect(Math.min(...counts)).toBeGreaterThan(10);
  });
});
