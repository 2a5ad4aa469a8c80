/** One sentence per key, for editors and for `mlx-serve config`. Sections that are not here speak for themselves. */
export const descriptions: Readonly<Record<string, string>> = {
  batch_queue: 'How requests share the steps of the model.',
  'batch_queue.enabled': 'Decode several requests in one step; off: one at a time.',
  'batch_queue.max_batch_size': 'Most requests decoded in one step.',
  'batch_queue.flush_interval_ms':
    'How long tokens are gathered before they are sent on, in milliseconds; 0 sends each step at once.',
  'batch_queue.adaptive_sizing':
    'Shrink the batch when a step takes longer than target_batch_time_ms.',
  'batch_queue.target_batch_time_ms':
    'The step time that adaptive_sizing aims at, in milliseconds.',
  python_runtime: 'The process that runs a model.',
  'python_runtime.python_path':
    'Path of the Python interpreter; empty: the environment that the set-up made.',
  'python_runtime.runtime_path':
    'Directory that holds the mlx_runtime package; empty: the one shipped with the engine.',
  'python_runtime.max_restarts':
    'Restarts within a minute; with one crash more a model counts as failed.',
  'python_runtime.startup_timeout_ms':
    'Longest wait for a process to say that it is ready, in milliseconds.',
  'python_runtime.shutdown_timeout_ms':
    'How long a process may take to end before it is killed, in milliseconds.',
  'python_runtime.init_probe_fallback_ms':
    'How long a process may leave the handshake unanswered before a warning, in milliseconds; 0: never.',
  'python_runtime.restart_delay_base_ms':
    'Wait before the first restart, in milliseconds; it doubles with each further one.',
  json_rpc: 'The channel between engine and process.',
  'json_rpc.default_timeout_ms':
    'Longest wait for the answer to a request that does not generate, in milliseconds.',
  'json_rpc.max_line_buffer_size': 'Longest frame that is accepted, in bytes.',
  'json_rpc.max_pending_requests':
    'Most requests without an answer; further ones are refused as overload.',
  'json_rpc.heartbeat_interval_ms': 'How often a process says that it is alive, in milliseconds.',
  'json_rpc.heartbeat_timeout_ms':
    'Silence after which a process is taken for hung and killed, in milliseconds.',
  'json_rpc.write_high_water_bytes': 'Unsent bytes after which senders wait.',
  'json_rpc.retry': 'Repeating requests that failed and have sent no token yet.',
  'json_rpc.retry.max_attempts': 'Most attempts, the first included.',
  'json_rpc.retry.initial_delay_ms': 'Wait before the second attempt, in milliseconds.',
  'json_rpc.retry.max_delay_ms': 'Longest wait between attempts, in milliseconds.',
  'json_rpc.retry.backoff_multiplier': 'Factor from one wait to the next.',
  'json_rpc.retry.retryable_errors': 'Error codes that are worth another attempt.',
  'json_rpc.retry.jitter':
    'Fraction of each wait that is random, so that clients do not retry in step.',
  'json_rpc.circuit_breaker': 'Refusing requests at once while a model keeps failing.',
  'json_rpc.circuit_breaker.failure_threshold': 'Failures within the window that open the breaker.',
  'json_rpc.circuit_breaker.recovery_timeout_ms':
    'How long an open breaker refuses before it lets a probe through, in milliseconds.',
  'json_rpc.circuit_breaker.half_open_max_calls': 'Most probes at a time.',
  'json_rpc.circuit_breaker.half_open_success_threshold':
    'Successful probes that close the breaker.',
  'json_rpc.circuit_breaker.failure_window_ms': 'How long a failure counts, in milliseconds.',
  stream_registry: 'Limits of running generations.',
  'stream_registry.default_timeout_ms':
    'Longest generation when a request does not say, in milliseconds.',
  'stream_registry.max_active_streams':
    'Most generations at a time; further ones are refused as overload.',
  'stream_registry.cleanup_interval_ms':
    'How often abandoned generations are looked for, in milliseconds.',
  'stream_registry.adaptive_limits':
    'Moving the limit on generations with how fast they are served.',
  'stream_registry.adaptive_limits.enabled': 'Adapt the limit; off: max_active_streams holds.',
  'stream_registry.adaptive_limits.min_streams': 'The limit never falls below this.',
  'stream_registry.adaptive_limits.max_streams': 'The limit never rises above this.',
  'stream_registry.adaptive_limits.target_ttft_ms':
    'Time to first token to aim at, in milliseconds.',
  'stream_registry.adaptive_limits.target_latency_ms':
    'Time between tokens to aim at, in milliseconds.',
  'stream_registry.adaptive_limits.adjustment_interval_ms':
    'How often the limit may move, in milliseconds.',
  'stream_registry.adaptive_limits.scale_up_threshold':
    'Fraction of the targets below which the limit rises.',
  'stream_registry.adaptive_limits.scale_down_threshold':
    'Fraction of the targets above which the limit falls.',
  'stream_registry.backpressure':
    'What happens when a consumer reads slower than the model writes.',
  'stream_registry.backpressure.enabled':
    'Pause the generation of a slow consumer; off: buffer without limit.',
  'stream_registry.backpressure.max_unacked_chunks': 'Tokens that may wait for their consumer.',
  'stream_registry.backpressure.ack_timeout_ms':
    'How long a consumer may take nothing before it loses its stream, in milliseconds.',
  'stream_registry.backpressure.slow_consumer_threshold_ms':
    'How long a consumer may take nothing before it is reported as slow, in milliseconds.',
  'stream_registry.metrics': 'What is measured about generations.',
  'stream_registry.metrics.enabled': 'Measure at all.',
  'stream_registry.metrics.track_ttft': 'Measure the time to first token.',
  'stream_registry.metrics.track_throughput': 'Measure tokens per second.',
  'stream_registry.metrics.track_cancellations': 'Count generations that were cancelled.',
  'stream_registry.metrics.export_interval_ms':
    'How often the measurements are handed on, in milliseconds.',
  model: 'Defaults and limits of models.',
  'model.default_context_length': 'Context length in tokens of a model that does not say its own.',
  'model.default_max_tokens': 'Tokens to generate when a request does not say.',
  'model.max_loaded_models': 'Most models loaded at a time.',
  'model.load_on_demand':
    'Models that a request may have loaded: never any, local ones (named at the start or kept on this machine), or download, any of Hugging Face.',
  'model.keep_alive_ms':
    'How long a model that a request had loaded stays without use, in milliseconds; 0: no longer than it is used, -1: until others need its room.',
  'model.memory_budget_bytes':
    'Most bytes that weights and key-value caches of all models may take; idle models make room. 0: four fifths of the memory of the machine, or of the CUDA device.',
  'model.supported_dtypes': 'Number formats that weights may be computed with.',
  'model.default_quantization': 'Quantisation of models that are loaded without saying one.',
  'model.default_dtype':
    'Number format of models that are loaded without saying one; auto: what is fastest on the device.',
  'model.trusted_model_directories': 'Directories that local models must lie in; empty: anywhere.',
  'model.max_generation_tokens': 'Requests for more tokens than this are refused.',
  'model.max_temperature': 'Requests for a higher temperature are refused.',
  'model.memory_cache': 'Keeping models in memory between requests.',
  'model.memory_cache.enabled': 'Keep models after the last request; off: unload them at once.',
  'model.memory_cache.max_cached_models': 'Most idle models kept.',
  'model.memory_cache.eviction_strategy':
    'Which idle model goes first: least recently used, least frequently used, or first loaded.',
  'model.memory_cache.warmup_on_start':
    'Models that are loaded and run once when the engine starts.',
  'model.memory_cache.track_stats': 'Count hits, misses and evictions.',
  'model.parallel': 'One model over several devices, which share its weights and its work.',
  'model.parallel.ranks':
    'How many devices share each model, with a process each; 1: it is on one.',
  'model.parallel.backend':
    'How the processes talk to each other: nccl between CUDA devices, ring over TCP, jaccl over RDMA between Macs; auto: nccl on CUDA, else what the hostfile says, else ring.',
  'model.parallel.hosts':
    "Path of a hostfile as mlx.distributed_config writes it, this machine first; empty: all devices are this machine's.",
  cache: 'Model files on disk.',
  'cache.enabled': 'Fetch models and keep them; off: only local directories are loaded.',
  'cache.cache_dir': 'Where models are kept; empty: the models directory of MLX_SERVE_HOME.',
  'cache.max_size_bytes': 'Most bytes kept; beyond it models are removed.',
  'cache.max_age_days': 'Days without use after which a model is removed.',
  'cache.eviction_policy':
    'Which model is removed first: least recently used, least frequently used, or first fetched. One that is in use stays.',
  'cache.preload_models': 'Models that are fetched when the engine starts.',
  'cache.validate_on_startup':
    'Read and check every file of all kept models when the engine starts; what is broken is told in an error event.',
  telemetry: 'Metrics for Prometheus and OpenTelemetry.',
  'telemetry.enabled': 'Offer metrics on a port of their own, beside `/metrics` of the server.',
  'telemetry.service_name': 'The name that metrics carry.',
  'telemetry.prometheus_port': 'Port of that endpoint.',
  'telemetry.export_interval_ms': 'How often metrics are handed on, in milliseconds.',
  'telemetry.record_content': 'Record prompts, answers and arguments of tools in traces.',
  logging: 'What is logged and where to.',
  'logging.level': 'Least important messages that are logged.',
  'logging.format': 'json: one object per line; pretty: for people.',
  'logging.destination': 'stderr, stdout, or the path of a file to append to.',
  security: 'What models may do.',
  'security.allow_remote_code':
    'Take models whose configuration names code of their own, and load them with the implementation that the runtime has; the code itself is never fetched nor run.',
  'security.verify_checksums':
    'Compare fetched files with their published checksums, and with what was fetched whenever they are loaded.',
  performance: 'Trading memory and latency for throughput.',
  'performance.prefill_step_size':
    'Most tokens of one prompt that are read in one pass; beside running requests it is fewer.',
  'performance.prompt_cache_bytes': 'Bytes of computed prompts that are kept for reuse.',
  'performance.kv_bits':
    'Bits per value of the key-value cache; 16 keeps it as it is. Fewer save memory, and such a model serves one request at a time.',
  server: 'What mlx-serve adds to an engine; its options on the command line come on top.',
  'server.host': 'Address to listen on.',
  'server.port': 'Port to listen on; 0 takes a free one.',
  'server.models':
    'Models to load: ids or directories, with name= before them where clients are to know them by another name; empty: the default model.',
  'server.api_keys_file':
    'YAML file of the API keys that clients may send, each with a name and limits; empty: only that of MLX_API_KEY.',
  'server.aliases': 'Further names of models, such as gpt-4o=owner/model.',
  'server.allowed_hosts': 'Additional host names under which clients may ask.',
  'server.image_hosts':
    'Hosts that images may be fetched from for clients, such as example.com or *.example.com.',
  'server.allowed_origins': 'Web origins whose pages may call the server.',
  'server.strict': 'Refuse fields of requests that would have no effect.',
};
