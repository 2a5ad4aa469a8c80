import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { describe, expect, test } from 'vitest';
import { toRuntimeLevel } from '../../src/runner/log-level.js';
import { toSidecarOptions, toSupervisorOptions } from '../../src/runner/sidecar-options.js';
import { toStoreOptions } from '../../src/runner/store-options.js';
import { toSettings } from '../../src/settings.js';

const settings = (config: RuntimeConfigInput) => toSettings(RuntimeConfigSchema.parse(config));
const sidecar = (config: RuntimeConfigInput) => toSidecarOptions(RuntimeConfigSchema.parse(config));
const supervisor = (config: RuntimeConfigInput) =>
  toSupervisorOptions(RuntimeConfigSchema.parse(config));

describe('the runtime is told', () => {
  test('batch_queue and performance', () => {
    const batch_queue = { max_batch_size: 7, adaptive_sizing: true, target_batch_time_ms: 50 };
    const performance = { prefill_step_size: 64, prompt_cache_bytes: 1000 };
    const config = { batch_queue, performance, json_rpc: { max_pending_requests: 9 } };
    expect(settings(config).batching).toEqual({
      maxBatchSize: 7,
      targetBatchTimeMs: 50,
      prefillStepSize: 64,
      promptCacheBytes: 1000,
      maxQueuedRequests: 9,
    });
    expect(settings({ batch_queue: { enabled: false } }).batching.maxBatchSize).toBe(1);
    expect(settings({}).batching.targetBatchTimeMs).toBeUndefined();
  });

  test('performance.kv_bits, unless values are kept as they are', () => {
    expect(settings({ performance: { kv_bits: 8 } }).kvBits).toBe(8);
    expect(settings({ performance: { kv_bits: 16 } }).kvBits).toBeUndefined();
  });

  test('logging.level, by the names it knows', () => {
    expect(toRuntimeLevel('trace')).toBe('debug');
    expect(toRuntimeLevel('warn')).toBe('warn');
    expect(toRuntimeLevel('silent')).toBe('error');
  });
});

describe('the process is started and watched with', () => {
  test('python_runtime and json_rpc', () => {
    const config = {
      python_runtime: {
        startup_timeout_ms: 2000,
        shutdown_timeout_ms: 30,
        init_probe_fallback_ms: 20,
      },
      json_rpc: {
        default_timeout_ms: 40,
        max_line_buffer_size: 2048,
        max_pending_requests: 5,
        heartbeat_interval_ms: 60,
        heartbeat_timeout_ms: 700,
        write_high_water_bytes: 4096,
      },
    };
    expect(sidecar(config)).toMatchObject({
      startupTimeoutMs: 2000,
      shutdownTimeoutMs: 30,
      slowStartMs: 20,
      requestTimeoutMs: 40,
      maxFrameBytes: 2048,
      maxPendingRequests: 5,
      heartbeatIntervalMs: 60,
      heartbeatTimeoutMs: 700,
      writeHighWaterBytes: 4096,
    });
  });

  test('stream_registry.backpressure', () => {
    const backpressure = {
      max_unacked_chunks: 8,
      ack_timeout_ms: 90,
      slow_consumer_threshold_ms: 10,
    };
    expect(sidecar({ stream_registry: { backpressure } })).toMatchObject({
      creditWindow: 8,
      ackTimeoutMs: 90,
      slowConsumerThresholdMs: 10,
    });
    const off = sidecar({ stream_registry: { backpressure: { enabled: false } } });
    expect(off.creditWindow).toBe(1_000_000);
  });

  test('restarts, retry and circuit_breaker', () => {
    const retry = {
      max_attempts: 2,
      initial_delay_ms: 1,
      max_delay_ms: 3,
      backoff_multiplier: 4,
      retryable_errors: ['Timeout'],
      jitter: 0.5,
    };
    const circuit_breaker = {
      failure_threshold: 6,
      recovery_timeout_ms: 7,
      half_open_max_calls: 8,
      half_open_success_threshold: 9,
      failure_window_ms: 10,
    };
    const python_runtime = { max_restarts: 11, restart_delay_base_ms: 12 };
    expect(supervisor({ python_runtime, json_rpc: { retry, circuit_breaker } })).toEqual({
      maxRestarts: 11,
      restartDelayBaseMs: 12,
      retry: {
        maxAttempts: 2,
        initialDelayMs: 1,
        maxDelayMs: 3,
        backoffMultiplier: 4,
        retryableErrors: ['Timeout'],
        jitter: 0.5,
      },
      circuitBreaker: {
        failureThreshold: 6,
        recoveryTimeoutMs: 7,
        halfOpenMaxCalls: 8,
        halfOpenSuccessThreshold: 9,
        failureWindowMs: 10,
      },
    });
  });
});

test('the model store is told cache and security', () => {
  const cache = {
    enabled: false,
    cache_dir: '/models',
    max_size_bytes: 1,
    max_age_days: 2,
    eviction_policy: 'fifo' as const,
  };
  const security = { allow_remote_code: true, verify_checksums: false };
  const python_runtime = { python_path: '/usr/bin/python3' };
  const config = RuntimeConfigSchema.parse({ cache, security, python_runtime });
  expect(toStoreOptions(config)).toEqual({
    localOnly: true,
    modelsFolder: '/models',
    limits: { maxBytes: 1, maxAgeDays: 2, policy: 'fifo' },
    allowRemoteCode: true,
    verifyChecksums: false,
    python: '/usr/bin/python3',
  });
});
