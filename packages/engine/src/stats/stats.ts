import type { WireResult } from '@mlx/schemas/wire';
import { addStats } from './add-stats.js';

type WireStats = WireResult<'stats'>;

/** Counters since the models were loaded, and gauges of this moment; of all models together, or of one. */
export interface BatchStats {
  readonly requests: WireStats['requests'];
  readonly rows: WireStats['rows'];
  readonly tokens: WireStats['tokens'];
  readonly decodeSteps: number;
  /** Requests per decode step: how well they share steps. */
  readonly meanBatchSize: number;
  /** Tool calls that models got wrong: no call at all, or arguments that don't fit. */
  readonly toolMismatches: number;
  /** Bytes that MLX's arrays and the processes take. */
  readonly memory: WireStats['memory'];
  /** Bytes that MLX's arrays take in each process of models over several devices, by rank. */
  readonly rankBytes: readonly number[];
}

export interface CacheStats extends Omit<WireStats['prefixCache'], 'disk'> {
  /** Hits of all look-ups, 0 to 1. */
  readonly hitRate: number;
  /** What the prompt stores hold of these models. */
  readonly disk: WireStats['prefixCache']['disk'];
  /** What key-value caches are planned to take, kept prefixes included, and may take. */
  readonly kv: WireStats['kvCache'];
}

export function toBatchStats(all: readonly WireStats[], toolMismatches: number): BatchStats {
  const { requests, rows, tokens, decodeSteps, memory, rankBytes = [] } = addStats(all);
  return {
    requests,
    rows,
    tokens,
    decodeSteps,
    meanBatchSize: decodeSteps === 0 ? 0 : (tokens.generated - tokens.accepted) / decodeSteps,
    toolMismatches,
    memory,
    rankBytes,
  };
}

/** Models without a limit add to what is used alone. */
export function toCacheStats(all: readonly WireStats[]): CacheStats {
  const { prefixCache, kvCache } = addStats(all);
  const lookUps = prefixCache.hits + prefixCache.misses;
  return { ...prefixCache, hitRate: lookUps === 0 ? 0 : prefixCache.hits / lookUps, kv: kvCache };
}
