/*
 * Keys that files written for older engines use. They are accepted with a
 * warning that says what to use instead; their values have no effect.
 */
export const oldKeys: Readonly<Record<string, string>> = {
  adaptive_batch_coordinator: 'set batch_queue.adaptive_sizing',
  'batch_queue.priority_queue': 'set `priority` on a request; the queue is always ordered by it',
  'cache.enable_compression': 'remove it; weights do not compress',
  circuit_breaker: 'use json_rpc.circuit_breaker',
  connection_pool: 'remove it; each model has one process and one pipe',
  continuous_batching: 'use batch_queue; batching is always continuous',
  development: 'set logging.level to debug or trace',
  generate_batcher: 'use batch_queue',
  model_lifecycle_manager: 'use model.max_loaded_models and model.memory_cache',
  outlines: 'remove it; the size of schemas is limited by the request size',
  'performance.aggressive_gc': 'remove it; unloading a model ends its process',
  'performance.batch_size': 'use batch_queue.max_batch_size',
  'performance.batch_timeout_ms': 'use batch_queue.flush_interval_ms',
  'performance.enable_batching': 'use batch_queue.enabled',
  'performance.use_messagepack': 'remove it; the wire format is JSON',
  prompt_cache: 'set performance.prompt_cache_bytes',
  python_bridge: 'use json_rpc.max_line_buffer_size and stream_registry.backpressure',
  python_runtime_manager: 'use json_rpc.heartbeat_interval_ms and json_rpc.heartbeat_timeout_ms',
  request_coalescing: 'remove it; requests with the same prefix share its computation',
  request_deduplication: 'remove it; requests with the same prefix share its computation',
  retry_policy: 'use json_rpc.retry',
  rolling_restart_coordinator: 'use python_runtime.max_restarts',
  runtime_router: 'remove it; each model has its own process',
  'stream_registry.chunk_pooling': 'remove it; chunks are not pooled',
  streaming: 'use stream_registry.adaptive_limits',
  streaming_controller: 'use stream_registry.backpressure',
  transport: 'remove it; TLS and HTTP/2 belong to a proxy in front of the server',
};

export interface OldValue {
  /** Undefined: the key keeps its value from the layer below. */
  readonly value: unknown;
  readonly hint: string;
}

const oldErrorNames: Readonly<Record<string, string>> = {
  ECONNRESET: 'TransportError',
  EPIPE: 'TransportError',
  ETIMEDOUT: 'Timeout',
  TIMEOUT: 'Timeout',
  WORKER_RESTART: 'SidecarCrashed',
};

/** What a value that older engines took stands for now; undefined for a value of today. */
export function replaceOldValue(key: string, value: unknown): OldValue | undefined {
  switch (key) {
    case 'model.default_dtype':
      return value === 'unknown' ? { value: 'auto', hint: "use 'auto'" } : undefined;
    case 'model.trusted_model_directories':
      return value === null ? { value: [], hint: 'use an empty list' } : undefined;
    case 'model.supported_dtypes':
      return withoutQuantizations(value);
    case 'python_runtime.runtime_path':
      return typeof value === 'string' && value.endsWith('.py')
        ? { value: undefined, hint: 'remove it; the engine brings its own runtime' }
        : undefined;
    case 'json_rpc.retry.retryable_errors':
      return replaceErrorNames(value);
    default:
      return undefined;
  }
}

/** Older engines listed quantizations among the number formats that weights may be computed with. */
function withoutQuantizations(value: unknown): OldValue | undefined {
  if (!Array.isArray(value)) return undefined;
  const dtypes = value.filter((name) => name !== 'int8' && name !== 'int4');
  if (dtypes.length === value.length || dtypes.length === 0) return undefined;
  const hint = `use ${dtypes.join(', ')}; model.default_quantization is for int8 and int4`;
  return { value: dtypes, hint };
}

function replaceErrorNames(value: unknown): OldValue | undefined {
  if (!Array.isArray(value) || !value.some((name) => Object.hasOwn(oldErrorNames, name))) {
    return undefined;
  }
  const names = new Set<unknown>(value.map((name) => oldErrorNames[name] ?? name));
  return { value: [...names], hint: `use ${[...names].join(', ')}` };
}
