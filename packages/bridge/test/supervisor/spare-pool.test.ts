import { expect, test } from 'vitest';
import { SparePool, type Sidecar } from '../../src/index.js';
import { ControlledSidecar } from '../support/controlled-sidecar.js';
import { VirtualClock } from '../support/virtual-clock.js';

function setUp() {
  const clock = new VirtualClock();
  const pool = new SparePool({ clock, keptMs: 100 });
  const give = (state: 'launched' | 'dead' = 'launched') => {
    const sidecar = new ControlledSidecar();
    sidecar.launch();
    if (state === 'dead') sidecar.die();
    void pool.give(sidecar as unknown as Sidecar);
    return sidecar;
  };
  return { clock, pool, give };
}

test('what is given is taken once, and lives on', async () => {
  const { clock, pool, give } = setUp();
  const spare = give();
  expect(pool.take()).toBe(spare);
  expect(pool.take()).toBeUndefined();
  await clock.advance(1000);
  expect(spare.alive).toBe(true);
});

test('one waits at a time, and not for long', async () => {
  const { clock, pool, give } = setUp();
  const [kept, further] = [give(), give()];
  expect([kept.alive, further.alive]).toEqual([true, false]);
  await clock.advance(100);
  expect(kept.alive).toBe(false);
  expect(pool.take()).toBeUndefined();
  expect(clock.pendingTimers).toBe(0);
});

test('what has died is given to nobody', () => {
  const { clock, pool, give } = setUp();
  give('dead');
  expect(pool.take()).toBeUndefined();
  give().die();
  expect(pool.take()).toBeUndefined();
  expect(clock.pendingTimers).toBe(0);
});

test('a pool that is closed ends what waits and what is given to it then', async () => {
  const { pool, give } = setUp();
  const waiting = give();
  await pool.close();
  expect([waiting.alive, give().alive]).toEqual([false, false]);
});
