import type { WireResult } from '@mlx/schemas/wire';

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
  const decodeSteps = sum(all, (stats) => stats.decodeSteps);
  const tokens = addRecords(
    all.map((stats) => stats.tokens),
    noTokens,
  );
  return {
    requests: addRecords(
      all.map((stats) => stats.requests),
      noRequests,
    ),
    rows: addRecords(
      all.map((stats) => stats.rows),
      noRows,
    ),
    tokens,
    decodeSteps,
    meanBatchSize: decodeSteps === 0 ? 0 : (tokens.generated - tokens.accepted) / decodeSteps,
    toolMismatches,
    memory: addRecords(
      all.map((stats) => stats.memory),
      noMemory,
    ),
    rankBytes: all.flatMap(({ rankBytes }) => rankBytes ?? []),
  };
}

export function toCacheStats(all: readonly WireStats[]): CacheStats {
  const total = addRecords(
    all.map((stats) => stats.prefixCache),
    noCache,
  );
  const disk = addRecords(
    all.map((stats) => stats.prefixCache.disk),
    noDisk,
  );
  const lookUps = total.hits + total.misses;
  return { ...total, hitRate: lookUps === 0 ? 0 : total.hits / lookUps, disk, kv: addKv(all) };
}

/** Models without a limit add to what is used alone. */
function addKv(all: readonly WireStats[]): CacheStats['kv'] {
  const limits = all.flatMap(({ kvCache }) => kvCache.limitBytes ?? []);
  const usedBytes = sum(all, ({ kvCache }) => kvCache.usedBytes);
  if (limits.length === 0) return { usedBytes };
  return { usedBytes, limitBytes: limits.reduce((total, limit) => total + limit, 0) };
}

const noRequests: WireStats['requests'] = { admitted: 0, finished: 0, cancelled: 0, failed: 0 };
const noRows: WireStats['rows'] = { queued: 0, prefilling: 0, decoding: 0, paused: 0 };
const noTokens: WireStats['tokens'] = {
  prefilled: 0,
  reused: 0,
  generated: 0,
  drafted: 0,
  accepted: 0,
};
const noMemory: WireStats['memory'] = { activeBytes: 0, peakBytes: 0, residentBytes: 0 };
const noLookUps = { entries: 0, bytes: 0, hits: 0, misses: 0 };
const noCache = { ...noLookUps, sharedBytes: 0, hitTokens: 0, evictions: 0 };
const noDisk: CacheStats['disk'] = { ...noLookUps, written: 0, failed: 0 };

/** Adds up the numbers that `zero` names. */
function addRecords<Key extends string>(
  records: readonly Record<NoInfer<Key>, number>[],
  zero: Record<Key, number>,
): Record<Key, number> {
  const total = { ...zero };
  for (const record of records) {
    for (const key of Object.keys(zero) as Key[]) total[key] += record[key];
  }
  return total;
}

const sum = (all: readonly WireStats[], pick: (stats: WireStats) => number) =>
  all.reduce((total, stats) => total + pick(stats), 0);
