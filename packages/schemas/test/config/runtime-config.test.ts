import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  AdaptiveLimitsConfigSchema,
  PythonRuntimeConfigSchema,
  RetryConfigSchema,
  RuntimeConfigSchema,
  configSections,
} from '../../src/config/index.js';
import { rejectionOf } from '../support/rejection.js';

const documented = {
  batch_queue: [
    'enabled',
    'max_batch_size',
    'flush_interval_ms',
    'adaptive_sizing',
    'target_batch_time_ms',
  ],
  python_runtime: [
    'python_path',
    'runtime_path',
    'max_restarts',
    'startup_timeout_ms',
    'shutdown_timeout_ms',
    'init_probe_fallback_ms',
    'restart_delay_base_ms',
  ],
  json_rpc: [
    'default_timeout_ms',
    'max_line_buffer_size',
    'max_pending_requests',
    'heartbeat_interval_ms',
    'heartbeat_timeout_ms',
    'write_high_water_bytes',
    'retry',
    'circuit_breaker',
  ],
  'json_rpc.retry': [
    'max_attempts',
    'initial_delay_ms',
    'max_delay_ms',
    'backoff_multiplier',
    'retryable_errors',
    'jitter',
  ],
  'json_rpc.circuit_breaker': [
    'failure_threshold',
    'recovery_timeout_ms',
    'half_open_max_calls',
    'half_open_success_threshold',
    'failure_window_ms',
  ],
  stream_registry: [
    'default_timeout_ms',
    'max_active_streams',
    'cleanup_interval_ms',
    'adaptive_limits',
    'backpressure',
    'metrics',
  ],
  'stream_registry.adaptive_limits': [
    'enabled',
    'min_streams',
    'max_streams',
    'target_ttft_ms',
    'target_latency_ms',
    'adjustment_interval_ms',
    'scale_up_threshold',
    'scale_down_threshold',
  ],
  'stream_registry.backpressure': [
    'enabled',
    'max_unacked_chunks',
    'ack_timeout_ms',
    'slow_consumer_threshold_ms',
  ],
  'stream_registry.metrics': [
    'enabled',
    'track_ttft',
    'track_throughput',
    'track_cancellations',
    'export_interval_ms',
  ],
  model: [
    'default_context_length',
    'default_max_tokens',
    'max_loaded_models',
    'load_on_demand',
    'keep_alive_ms',
    'memory_budget_bytes',
    'supported_dtypes',
    'default_quantization',
    'default_dtype',
    'trusted_model_directories',
    'max_generation_tokens',
    'max_temperature',
    'memory_cache',
    'parallel',
  ],
  'model.parallel': ['ranks', 'backend', 'hosts'],
  'model.memory_cache': [
    'enabled',
    'max_cached_models',
    'eviction_strategy',
    'warmup_on_start',
    'track_stats',
  ],
  cache: [
    'enabled',
    'cache_dir',
    'max_size_bytes',
    'max_age_days',
    'eviction_policy',
    'preload_models',
    'validate_on_startup',
  ],
  telemetry: ['enabled', 'service_name', 'prometheus_port', 'export_interval_ms', 'record_content'],
  server: [
    'host',
    'port',
    'models',
    'api_keys_file',
    'aliases',
    'allowed_hosts',
    'allowed_origins',
    'image_hosts',
    'strict',
  ],
  logging: ['level', 'format', 'destination'],
  security: ['allow_remote_code', 'verify_checksums'],
  performance: ['prefill_step_size', 'prompt_cache_bytes', 'kv_bits'],
};

const defaults: Record<string, unknown> = RuntimeConfigSchema.parse({});

const at = (path: string) =>
  path.split('.').reduce<unknown>((value, key) => Reflect.get(Object(value), key), defaults);

describe('RuntimeConfigSchema', () => {
  it('has the documented sections', () => {
    const sections = Object.keys(documented).filter((path) => !path.includes('.'));
    expect(Object.keys(configSections).toSorted()).toEqual(sections.toSorted());
  });

  it.each(Object.entries(documented))(
    'has the documented keys of %s, each with a default',
    (path, keys) => {
      expect(Object.keys(Object(at(path))).toSorted()).toEqual(keys.toSorted());
    },
  );

  it('gives every parse its own defaults', () => {
    const first = RuntimeConfigSchema.parse({});
    first.model.trusted_model_directories.push('/tmp');
    first.json_rpc.retry.max_attempts = 99;
    expect(RuntimeConfigSchema.parse({})).toEqual(defaults);
  });

  it('keeps its own output', () => {
    expect(RuntimeConfigSchema.parse(defaults)).toEqual(defaults);
  });

  it.each([
    ['an unknown section', { batching: {} }, 'batching'],
    ['an unknown key', { batch_queue: { size: 1 } }, 'batch_queue.size'],
    ['a wrong type', { batch_queue: { enabled: 'yes' } }, 'batch_queue.enabled'],
    [
      'a start-up time under a second',
      { python_runtime: { startup_timeout_ms: 999 } },
      'python_runtime.startup_timeout_ms',
    ],
    ['a privileged port', { telemetry: { prometheus_port: 80 } }, 'telemetry.prometheus_port'],
    ['an odd number of bits', { performance: { kv_bits: 5 } }, 'performance.kv_bits'],
    ['a section that is a list', { model: [] }, 'model'],
  ])('names the key of %s', (_, input, field) => {
    expect(rejectionOf(RuntimeConfigSchema, input).details.field).toBe(field);
  });

  it('says what the shortest start-up time is', () => {
    expect(rejectionOf(PythonRuntimeConfigSchema, { startup_timeout_ms: 1 }).first.message).toBe(
      'Number must be greater than or equal to 1000',
    );
  });

  it('holds retry delays in order', () => {
    const retry = { initial_delay_ms: 10, max_delay_ms: 5 };
    expect(rejectionOf(RetryConfigSchema, retry).first).toEqual({
      path: ['max_delay_ms'],
      message: 'max_delay_ms must be greater than or equal to initial_delay_ms',
      code: 'custom',
    });
  });

  it('holds stream limits in order', () => {
    const limits = { min_streams: 10, max_streams: 5 };
    expect(rejectionOf(AdaptiveLimitsConfigSchema, limits).first.path).toEqual(['max_streams']);
  });
});

describe('environments', () => {
  it('take any part of the configuration under any name', () => {
    const environments = {
      production: { logging: { level: 'warn' }, json_rpc: { retry: { max_attempts: 5 } } },
      'my-laptop': {},
    };
    expect(RuntimeConfigSchema.parse({ environments }).environments).toEqual(environments);
  });

  it.each([
    [
      'an unknown key',
      { production: { logging: { lvl: 'warn' } } },
      'environments.production.logging.lvl',
    ],
    [
      'a wrong type',
      { test: { json_rpc: { retry: { jitter: 'no' } } } },
      'environments.test.json_rpc.retry.jitter',
    ],
    [
      'environments in environments',
      { test: { environments: {} } },
      'environments.test.environments',
    ],
  ])('name the key of %s', (_, environments, field) => {
    expect(rejectionOf(RuntimeConfigSchema, { environments }).details.field).toBe(field);
  });
});

it('can be written as JSON Schema for editors', () => {
  const schema = z.toJSONSchema(RuntimeConfigSchema, { io: 'input' });
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { batch_queue: { properties: { max_batch_size: { default: 32 } } } },
  });
  expect(schema.required).toBeUndefined();
});
