import type { GaugeSample } from './gauges.js';

/** What `Engine.getBatchStats()` says of the answers under way. */
export interface BatchFacts {
  readonly rows: Readonly<Record<string, number>>;
  readonly meanBatchSize: number;
}

/** What `Engine.getCacheStats()` says of kept prefixes. */
export interface CacheFacts {
  readonly bytes: number;
  /** Hits of all look-ups, 0 to 1. */
  readonly hitRate: number;
}

export function batchGauges({ rows, meanBatchSize }: BatchFacts): GaugeSample[] {
  const states = Object.entries(rows).map(([state, value]) => ({
    name: 'mlx_rows',
    description: 'Rows by what they wait for or do',
    value,
    labels: { state },
  }));
  return [
    ...states,
    {
      name: 'mlx_mean_batch_size',
      description: 'Tokens generated per decode step since the models were loaded',
      value: meanBatchSize,
    },
  ];
}

export function cacheGauges({ bytes, hitRate }: CacheFacts): GaugeSample[] {
  return [
    {
      name: 'mlx_prefix_cache_bytes',
      description: 'Memory that kept prefixes take',
      value: bytes,
    },
    {
      name: 'mlx_prefix_cache_hit_ratio',
      description: 'Hits of all look-ups in the prefix cache',
      value: hitRate,
    },
  ];
}
