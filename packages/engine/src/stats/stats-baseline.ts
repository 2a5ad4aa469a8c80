import type { WireResult } from '@mlx/schemas/wire';

type WireStats = WireResult<'stats'>;
type Counters = Pick<WireStats, 'requests' | 'tokens' | 'decodeSteps'>;

/** Counters as they were when they were reset. A process that started since begins at zero anyway. */
export class StatsBaseline {
  /** By what belongs to one process of a model alone, and goes with it. */
  readonly #counters = new WeakMap<object, Counters>();

  set(incarnation: object, stats: WireStats): void {
    this.#counters.set(incarnation, stats);
  }

  /** The same stats with their counters since the reset; gauges are of this moment as ever. */
  since(incarnation: object, stats: WireStats): WireStats {
    const baseline = this.#counters.get(incarnation);
    if (baseline === undefined) return stats;
    return {
      ...stats,
      requests: subtract(stats.requests, baseline.requests),
      tokens: subtract(stats.tokens, baseline.tokens),
      decodeSteps: stats.decodeSteps - baseline.decodeSteps,
    };
  }
}

function subtract<Key extends string>(
  now: Record<Key, number>,
  before: Record<Key, number>,
): Record<Key, number> {
  const difference = { ...now };
  for (const key of Object.keys(now) as Key[]) difference[key] -= before[key];
  return difference;
}
