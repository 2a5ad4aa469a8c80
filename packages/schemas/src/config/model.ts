import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr, numberBetween } from '../common/ranges.js';
import { NoNames, NonNegativeInteger, QuantizationMode } from '../common/primitives.js';
import { On } from '../common/shared.js';
import { ParallelSchema } from './parallel.js';

const dtypes: ('float32' | 'float16' | 'bfloat16')[] = ['float32', 'float16', 'bfloat16'];
export const DtypeSchema = z.enum(dtypes);
export type Dtype = z.infer<typeof DtypeSchema>;

/** Who leaves first. */
export const EvictionPolicy = z.enum(['lru', 'lfu', 'fifo']).default('lru');

export const MemoryCacheConfigSchema = strictObject({
  /** Keep models in memory after the last request; off: unload them at once. */
  enabled: On,
  max_cached_models: integerOr(1, 1000, 4),
  eviction_strategy: EvictionPolicy,
  /** Models loaded and run once when the engine starts. */
  warmup_on_start: NoNames,
  track_stats: On,
});
export type MemoryCacheConfig = z.infer<typeof MemoryCacheConfigSchema>;

export const ModelConfigSchema = strictObject({
  /** Used where a model does not say how long its context is. */
  default_context_length: integerOr(1, 100_000_000, 8192),
  /** Tokens to generate when a request does not say. */
  default_max_tokens: integerOr(1, 100_000, 1024),
  max_loaded_models: integerOr(1, 1000, 4),
  /** Models that a request may have loaded: none, those on this machine, or any of the hub. */
  load_on_demand: z.enum(['never', 'local', 'download']).default('local'),
  /** How long a model that a request had loaded stays without use; -1: until room is needed. */
  keep_alive_ms: integerOr(-1, 2_147_483_647, 300_000),
  /** Of all models together, key-value caches included; 0: four fifths of the machine's. */
  memory_budget_bytes: NonNegativeInteger.default(0),
  supported_dtypes: z.array(DtypeSchema).min(1, 'Cannot be empty').default(dtypes),
  default_quantization: QuantizationMode.default('none'),
  default_dtype: z.enum(['auto', 'float32', 'float16', 'bfloat16']).default('auto'),
  /** Local models must lie below one of these; empty: anywhere. */
  trusted_model_directories: NoNames,
  /** Requests for more are refused. */
  max_generation_tokens: integerOr(1, 100_000, 100_000),
  /** Requests for more are refused. */
  max_temperature: numberBetween(0, 2).default(2),
  memory_cache: MemoryCacheConfigSchema.prefault({}),
  parallel: ParallelSchema.prefault({}),
});
export type ModelConfig = z.infer<typeof ModelConfigSchema>;
