import { defaultMemoryBudget } from './setup/memory-budget.js';
import type { QuantizationMode } from '@mlx/schemas';
import type { RuntimeConfig } from '@mlx/schemas/config';
import type { WireParams } from '@mlx/schemas/wire';

export type EvictionStrategy = RuntimeConfig['model']['memory_cache']['eviction_strategy'];
export type AdaptiveLimits = RuntimeConfig['stream_registry']['adaptive_limits'];

/** Number types that models may compute in. */
export interface DtypeRules {
  readonly supported: RuntimeConfig['model']['supported_dtypes'];
  readonly wanted: RuntimeConfig['model']['default_dtype'];
}

/** When a generation whose consumer has forgotten it ends. */
export interface ForgottenRuns {
  /** How often consumers are looked at, in milliseconds. */
  readonly checkEveryMs: number;
  /** A consumer that takes nothing for so long loses its stream. */
  readonly maxIdleMs: number;
}

/** What the engine itself needs of the configuration, in its own words. */
export interface EngineSettings {
  /** Scheduling limits of every model process. */
  readonly batching: NonNullable<WireParams<'load'>['batching']>;
  /** Bits per value of key-value caches; undefined: as computed. */
  readonly kvBits: WireParams<'load'>['kvBits'];
  /** How many devices share each model; undefined: it is on one. */
  readonly parallel: WireParams<'load'>['parallel'];
  readonly defaultMaxTokens: number;
  readonly maxTokens: number;
  readonly maxTemperature: number;
  readonly defaultContextLength: number;
  readonly trustedModelDirectories: readonly string[];
  readonly maxLoadedModels: number;
  readonly loadOnDemand: RuntimeConfig['model']['load_on_demand'];
  /** How long a model that a request had loaded stays unused, in milliseconds; -1: for ever. */
  readonly keepAliveMs: number;
  readonly memoryBudgetBytes: number;
  /** Models kept in memory while nothing uses them. */
  readonly maxIdleModels: number;
  readonly evictionStrategy: EvictionStrategy;
  readonly defaultQuantization: QuantizationMode;
  readonly dtype: DtypeRules;
  /** Show in a model's metadata how much it is used. */
  readonly trackUse: boolean;
  readonly maxActiveStreams: number;
  readonly adaptiveLimits: AdaptiveLimits;
  /** Chunks are handed out at most this often, in milliseconds; 0: as they come. */
  readonly flushIntervalMs: number;
  readonly forgottenRuns: ForgottenRuns;
  /** Longest time of a generation that does not bring its own limit, in milliseconds. */
  readonly streamTimeoutMs: number;
  /** Traces hold what was asked and answered. */
  readonly recordContent: boolean;
  /** The same for every other call. */
  readonly callTimeoutMs: number;
}

export function toSettings(config: RuntimeConfig): EngineSettings {
  const { model, stream_registry: streams } = config;
  return {
    batching: toBatching(config),
    kvBits: config.performance.kv_bits === 16 ? undefined : config.performance.kv_bits,
    parallel: toParallel(config),
    defaultMaxTokens: Math.min(model.default_max_tokens, model.max_generation_tokens),
    maxTokens: model.max_generation_tokens,
    maxTemperature: model.max_temperature,
    defaultContextLength: model.default_context_length,
    trustedModelDirectories: model.trusted_model_directories,
    maxLoadedModels: model.max_loaded_models,
    loadOnDemand: model.load_on_demand,
    keepAliveMs: model.keep_alive_ms,
    memoryBudgetBytes: model.memory_budget_bytes || defaultMemoryBudget(process.env),
    maxIdleModels: model.memory_cache.enabled ? model.memory_cache.max_cached_models : 0,
    evictionStrategy: model.memory_cache.eviction_strategy,
    defaultQuantization: model.default_quantization,
    dtype: { supported: model.supported_dtypes, wanted: model.default_dtype },
    trackUse: model.memory_cache.track_stats,
    maxActiveStreams: streams.max_active_streams,
    adaptiveLimits: streams.adaptive_limits,
    flushIntervalMs: config.batch_queue.flush_interval_ms,
    forgottenRuns: {
      checkEveryMs: streams.cleanup_interval_ms,
      maxIdleMs: streams.backpressure.enabled
        ? streams.backpressure.ack_timeout_ms
        : Number.POSITIVE_INFINITY,
    },
    streamTimeoutMs: streams.default_timeout_ms,
    recordContent: config.telemetry.record_content,
    callTimeoutMs: config.json_rpc.default_timeout_ms,
  };
}

/** Memory is the workers' own business: what is not used by this engine stays where it is. */
export function asGateway(settings: EngineSettings): EngineSettings {
  const unlimited = Number.POSITIVE_INFINITY;
  return {
    ...settings,
    maxLoadedModels: unlimited,
    maxIdleModels: unlimited,
    memoryBudgetBytes: unlimited,
    keepAliveMs: -1,
  };
}

function toParallel({ model, json_rpc: rpc }: RuntimeConfig): EngineSettings['parallel'] {
  if (model.parallel.ranks === 1) return undefined;
  return { ...model.parallel, heartbeatTimeoutMs: rpc.heartbeat_timeout_ms };
}

function toBatching(config: RuntimeConfig): EngineSettings['batching'] {
  const { batch_queue: batch, performance } = config;
  return {
    maxBatchSize: batch.enabled ? batch.max_batch_size : 1,
    maxQueuedRequests: config.json_rpc.max_pending_requests,
    prefillStepSize: performance.prefill_step_size,
    promptCacheBytes: performance.prompt_cache_bytes,
    targetBatchTimeMs: batch.adaptive_sizing ? batch.target_batch_time_ms : undefined,
  };
}
