import { describe, expect, test } from 'vitest';
import type { Sidecar } from '../../src/index.js';
import { SpareSlot } from '../../src/supervisor/spare-slot.js';
import { ControlledSidecar } from '../support/controlled-sidecar.js';
import { VirtualClock } from '../support/virtual-clock.js';

function slot() {
  const clock = new VirtualClock();
  const launched: ControlledSidecar[] = [];
  const create = () => {
    const sidecar = new ControlledSidecar();
    launched.push(sidecar);
    return sidecar as unknown as Sidecar;
  };
  return { clock, launched, spare: new SpareSlot(create, clock, 100) };
}

describe('SpareSlot', () => {
  test('launches one process, after the delay, however often it is asked', async () => {
    const { clock, launched, spare } = slot();
    spare.fill();
    spare.fill();
    expect(launched).toHaveLength(0);
    await clock.advance(1000);
    spare.fill();
    await clock.advance(1000);
    expect(launched.map(({ state }) => state)).toEqual(['starting']);
  });

  test('gives the process away once', async () => {
    const { clock, launched, spare } = slot();
    spare.fill();
    await clock.advance(100);
    expect(spare.take()).toBe(launched[0]);
    expect(spare.take()).toBeUndefined();
    await spare.empty();
    expect(launched[0]?.alive).toBe(true);
  });

  test('replaces one that dies, ever later, and after three deaths waits to be asked', async () => {
    const { clock, launched, spare } = slot();
    const launches: number[] = [];
    spare.fill();
    while (clock.pendingTimers > 0) {
      await clock.advance(50);
      const newest = launched.at(-1);
      if (newest?.alive !== true) continue;
      launches.push(clock.now());
      newest.die();
    }
    expect(launches).toEqual([100, 300, 700]);
    spare.fill();
    await clock.advance(100);
    expect(spare.filled).toBe(true);
  });

  test('empty ends the process that waits, or the wait for it', async () => {
    const { clock, launched, spare } = slot();
    spare.fill();
    await spare.empty();
    expect(clock.pendingTimers).toBe(0);
    spare.fill();
    await clock.advance(100);
    await spare.empty();
    expect(launched.map(({ alive }) => alive)).toEqual([false]);
    expect(clock.pendingTimers).toBe(0);
  });
});
