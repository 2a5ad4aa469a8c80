import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../src/fleet/routing/fair-queue.js';

function queueOf(
  ...items: readonly [item: string, tenant: string, priority?: number, cost?: number][]
) {
  const queue = new FairQueue<string>();
  for (const [item, tenant, priority = 0, cost = 1] of items) {
    queue.push(item, { tenant, priority, cost });
  }
  return queue;
}

function drain(queue: FairQueue<string>): string[] {
  const order: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) order.push(item);
  return order;
}

describe('FairQueue', () => {
  it('one tenant is served in the order of arrival', () => {
    expect(drain(queueOf(['1', 'a'], ['2', 'a'], ['3', 'a']))).toEqual(['1', '2', '3']);
  });

  it("a tenant's burst does not make another wait for all of it", () => {
    const burst = Array.from({ length: 100 }, (_, index): [string, string] => [`a${index}`, 'a']);
    const order = drain(queueOf(...burst, ['b0', 'b'], ['b1', 'b']));
    expect(order.indexOf('b0')).toBeLessThanOrEqual(1);
    expect(order.indexOf('b1')).toBeLessThanOrEqual(3);
  });

  it('who asks for more gets fewer turns', () => {
    const large = Array.from({ length: 10 }, (_, index): [string, string, number, number] => [
      `l${index}`,
      'large',
      0,
      10,
    ]);
    const small = Array.from({ length: 10 }, (_, index): [string, string, number, number] => [
      `s${index}`,
      'small',
      0,
      1,
    ]);
    const order = drain(queueOf(...large, ...small));
    expect(order.slice(0, 12).filter((item) => item.startsWith('s')).length).toBe(10);
  });

  it('a higher priority goes first, and cannot hold others up for ever', () => {
    const urgent = Array.from({ length: 200 }, (_, index): [string, string, number] => [
      `u${index}`,
      `tenant ${index % 3}`,
      2,
    ]);
    const order = drain(queueOf(['low', 'quiet', 0], ...urgent));
    expect(order.indexOf('low')).toBeGreaterThan(0);
    expect(order.indexOf('low')).toBeLessThanOrEqual(3 * 32);
  });

  it('a tenant that was away has no credit for it', () => {
    const queue = queueOf(['a0', 'a'], ['a1', 'a'], ['a2', 'a'], ['a3', 'a']);
    queue.shift();
    queue.shift();
    for (const item of ['b0', 'b1', 'b2']) queue.push(item, { tenant: 'b', priority: 0, cost: 1 });
    expect(drain(queue)).toEqual(['a2', 'b0', 'a3', 'b1', 'b2']);
  });

  it('an item that may not go lets other tenants pass', () => {
    const queue = queueOf(['held', 'a'], ['free', 'b']);
    expect(queue.shift((item) => item !== 'held')).toBe('free');
    expect(queue.size).toBe(1);
  });

  it('an item that was taken out is not served', () => {
    const queue = queueOf(['1', 'a'], ['2', 'a']);
    expect(queue.remove('1')).toBe(true);
    expect(queue.remove('1')).toBe(false);
    expect(drain(queue)).toEqual(['2']);
    expect(queue.size).toBe(0);
  });
});
