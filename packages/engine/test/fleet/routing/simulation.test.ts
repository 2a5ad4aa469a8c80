import { describe, expect, it } from 'vitest';
import { SimulatedFleet, type Policy, type Simulation } from './support/simulated-fleet.js';

function play(simulation: Omit<Simulation, 'policy'>, policy: Policy) {
  const whole =
    policy === 'one machine'
      ? {
          ...simulation,
          workers: 1,
          slots: simulation.slots * simulation.workers,
          capacity: simulation.capacity * simulation.workers,
          requestsPerDeath: Infinity,
        }
      : simulation;
  return new SimulatedFleet({ ...whole, policy }).play();
}

describe('a year of a thousand workers', { timeout: 120_000 }, () => {
  /** 365 days of 60 requests, which last so long that the fleet is busy; a worker dies every week. */
  const year = {
    workers: 1000,
    slots: 4,
    requests: 21_900,
    running: [500, 2500],
    agents: 2000,
    sessions: 2500,
    capacity: 400_000,
    requestsPerDeath: 420,
  } as const;
  const routed = play(year, 'prefix');

  it('no worker gets more than half of its slots or a quarter above the mean', () => {
    expect(routed.worstLoad).toBeLessThanOrEqual(1);
    expect(routed.refused).toBe(0);
  });

  it('finds most of what one machine with all of the memory would', () => {
    const [whole, random, inTurn] = [
      play(year, 'one machine'),
      play(year, 'random'),
      play(year, 'round robin'),
    ];
    expect(routed.hitRate).toBeGreaterThan(0.9 * whole.hitRate);
    expect(random.hitRate).toBeLessThan(0.5 * routed.hitRate);
    expect(inTurn.hitRate).toBeLessThan(0.5 * routed.hitRate);
    expect(random.worstLoad).toBeGreaterThan(1.2);
  });
});

describe('three machines', { timeout: 120_000 }, () => {
  const few = {
    workers: 3,
    slots: 16,
    requests: 4000,
    running: [1, 36],
    agents: 40,
    sessions: 60,
    capacity: 1_000_000,
    requestsPerAnnouncement: 20,
  } as const;

  it('are together nearly as good as one with the memory of three', () => {
    const [routed, whole, random] = [
      play(few, 'prefix'),
      play(few, 'one machine'),
      play(few, 'random'),
    ];
    expect(routed.hitRate).toBeGreaterThan(0.95 * whole.hitRate);
    expect(random.hitRate).toBeLessThan(0.9 * routed.hitRate);
    expect(routed.worstLoad).toBeLessThanOrEqual(1);
  });

  it('stay so behind three gateways that see each other in announcements only', () => {
    const [one, three] = [play(few, 'prefix'), play({ ...few, gateways: 3 }, 'prefix')];
    expect(three.hitRate).toBeGreaterThan(0.9 * one.hitRate);
    expect(three.refused).toBe(0);
  });
});
