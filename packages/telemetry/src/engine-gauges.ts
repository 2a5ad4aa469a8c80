import type { GaugeSample } from './gauges.js';

/** What `Engine.getBatchStats(model)` says of the answers under way. */
export interface BatchFacts {
  readonly rows: Readonly<Record<'queued' | 'prefilling' | 'decoding' | 'paused', number>>;
  readonly meanBatchSize: number;
  readonly memory: Readonly<Record<'activeBytes' | 'residentBytes', number>>;
}

/** What `Engine.getCacheStats(model)` says of key-value caches and kept prefixes. */
export interface CacheFacts {
  readonly bytes: number;
  readonly sharedBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitTokens: number;
  readonly evictions: number;
  readonly kv: { readonly usedBytes: number; readonly limitBytes?: number };
}

export function batchGauges(model: string, facts: BatchFacts): GaugeSample[] {
  const { rows, meanBatchSize, memory } = facts;
  const gauge = gaugeOf(model);
  return [
    gauge(
      'mlx_num_requests_running',
      'Answers with a place in the batch',
      rows.prefilling + rows.decoding,
    ),
    gauge('mlx_num_requests_waiting', 'Answers that wait for a place in the batch', rows.queued),
    gauge('mlx_num_requests_paused', 'Answers that wait for their client to read', rows.paused),
    gauge(
      'mlx_mean_batch_size',
      'Tokens generated per decode step since the model was loaded',
      meanBatchSize,
    ),
    gauge('mlx_memory_active_bytes', "Memory that the model's arrays take now", memory.activeBytes),
    gauge(
      'mlx_process_resident_bytes',
      "Memory that the model's process takes now",
      memory.residentBytes,
    ),
  ];
}

export function cacheGauges(model: string, facts: CacheFacts): GaugeSample[] {
  const { bytes, hits, misses, kv } = facts;
  const gauge = gaugeOf(model);
  const usage = kv.limitBytes === undefined ? 0 : kv.usedBytes / Math.max(1, kv.limitBytes);
  return [
    gauge(
      'mlx_kv_cache_usage_perc',
      'Planned share of the memory for key-value caches, 1 for all of it; 0 where it is not limited',
      usage,
    ),
    gauge('mlx_kv_cache_used_bytes', 'Memory planned for key-value caches', kv.usedBytes),
    gauge('mlx_prefix_cache_bytes', 'Memory that kept prefixes take', bytes),
    {
      ...gauge('mlx_prefix_cache_queries', 'Look-ups in the prefix cache', hits + misses),
      counter: true,
    },
    {
      ...gauge('mlx_prefix_cache_hits', 'Look-ups in the prefix cache that found something', hits),
      counter: true,
    },
    ...prefixGauges(model, facts),
  ];
}

function prefixGauges(model: string, facts: CacheFacts): GaugeSample[] {
  const gauge = gaugeOf(model);
  const { sharedBytes, hitTokens, evictions } = facts;
  return [
    gauge(
      'mlx_prefix_cache_shared_bytes',
      'Memory that kept prefixes would take beyond that if each were a whole copy',
      sharedBytes,
    ),
    {
      ...gauge(
        'mlx_prefix_cache_hit_tokens',
        'Tokens of prompts that were taken from the prefix cache',
        hitTokens,
      ),
      counter: true,
    },
    {
      ...gauge(
        'mlx_prefix_cache_evictions',
        'Blocks and checkpoints that the prefix cache dropped for want of room',
        evictions,
      ),
      counter: true,
    },
  ];
}

/** @param weightBytes what the weights take in memory */
export function modelGauges(model: string, weightBytes: number): GaugeSample[] {
  return [gaugeOf(model)('mlx_model_weight_bytes', 'Weights in memory', weightBytes)];
}

const gaugeOf =
  (model: string) =>
  (name: string, description: string, value: number): GaugeSample => ({
    name,
    description,
    value,
    labels: { model },
  });
