import { describe, expect, test } from 'vitest';
import { HeartbeatWatch } from '../../src/sidecar/heartbeat-watch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const LIMITS = { heartbeatIntervalMs: 1000, heartbeatTimeoutMs: 5000, stallTimeoutMs: 8000 };

function watching() {
  const clock = new VirtualClock();
  const deaths: string[] = [];
  const watch = new HeartbeatWatch(clock, LIMITS, (reason) => deaths.push(reason));
  watch.start();
  return { clock, deaths, watch };
}

describe('HeartbeatWatch', () => {
  test('declares a silent process dead after the timeout, once', async () => {
    const { clock, deaths } = watching();
    await clock.advance(4999);
    expect(deaths).toEqual([]);
    await clock.advance(60_000);
    expect(deaths).toEqual(['heartbeat']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is satisfied by any frame', async () => {
    const { clock, deaths, watch } = watching();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000);
      watch.alive();
    }
    expect(deaths).toEqual([]);
  });

  test('a long prefill survives while its ticks grow, and stalls when they stop', async () => {
    const { clock, deaths, watch } = watching();
    const beat = async (ticks: number) => {
      await clock.advance(1000);
      watch.alive();
      watch.beat({ uptimeMs: 0, ticks, activity: 'prefilling' });
    };
    for (let second = 1; second <= 60; second += 1) await beat(second);
    expect(deaths).toEqual([]);
    for (let second = 1; second <= 7; second += 1) await beat(60);
    expect(deaths).toEqual([]);
    await beat(60);
    expect(deaths).toEqual(['stalled']);
  });

  test('rows that arrive count as progress', async () => {
    const { clock, deaths, watch } = watching();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000);
      watch.alive();
      watch.progressed();
      watch.beat({ uptimeMs: 0, ticks: 7, activity: 'decoding' });
    }
    expect(deaths).toEqual([]);
  });

  test.each(['idle', 'loading'] as const)('never calls an %s process stalled', async (activity) => {
    const { clock, deaths, watch } = watching();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000);
      watch.alive();
      watch.beat({ uptimeMs: 0, ticks: 7, activity });
    }
    expect(deaths).toEqual([]);
  });

  test('a blocked event loop, or a night asleep, counts as one missed beat', async () => {
    const { clock, deaths, watch } = watching();
    clock.jump(3_600_000);
    await clock.advance(0);
    // Only now is read what arrived meanwhile.
    watch.alive();
    await clock.advance(4999);
    expect(deaths).toEqual([]);
    await clock.advance(1);
    expect(deaths).toEqual(['heartbeat']);
  });
});
