import { describe, expect, test } from 'vitest';
import { Deadline } from '../../src/time/deadline.js';
import { VirtualClock } from '../support/virtual-clock.js';

function expiring(timeoutMs: number) {
  const clock = new VirtualClock();
  const moments: number[] = [];
  const deadline = new Deadline(clock, timeoutMs, () => moments.push(clock.now()));
  return { clock, deadline, moments };
}

describe('Deadline', () => {
  test('expires once', async () => {
    const { clock, moments } = expiring(500);
    await clock.advance(5000);
    expect(moments).toEqual([500]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is put off by as much as it is extended', async () => {
    const { clock, deadline, moments } = expiring(500);
    for (let count = 0; count < 10; count += 1) {
      await clock.advance(400);
      deadline.extend();
    }
    await clock.advance(5000);
    expect(moments).toEqual([4500]);
  });

  test('never expires once cleared', async () => {
    const { clock, deadline, moments } = expiring(500);
    deadline.clear();
    await clock.advance(5000);
    expect(moments).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('allows for what arrived while this process slept', async () => {
    const { clock, deadline, moments } = expiring(500);
    clock.jump(3_600_000);
    await clock.advance(1);
    deadline.extend();
    await clock.advance(499);
    expect(moments).toEqual([]);
    await clock.advance(5000);
    expect(moments).toEqual([3_601_000]);
  });
});
