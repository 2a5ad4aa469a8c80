import type { SidecarOptions, SupervisorOptions } from '@mlx/bridge';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { version } from '../version.js';

/** The most credit that the protocol can say; more than a generation may have. */
const UNLIMITED_CREDIT = 1_000_000;

/** What a connection to a process may hold, and for how long. Times are in milliseconds. */
export function toConnectionLimits(config: RuntimeConfig) {
  const { json_rpc: rpc } = config;
  const { backpressure } = config.stream_registry;
  return {
    requestTimeoutMs: rpc.default_timeout_ms,
    maxFrameBytes: rpc.max_line_buffer_size,
    maxPendingRequests: rpc.max_pending_requests,
    writeHighWaterBytes: rpc.write_high_water_bytes,
    creditWindow: backpressure.enabled ? backpressure.max_unacked_chunks : UNLIMITED_CREDIT,
    ackTimeoutMs: backpressure.ack_timeout_ms,
    slowConsumerThresholdMs: backpressure.slow_consumer_threshold_ms,
  };
}

/** The configuration of a process in the bridge's words; how it is started comes from elsewhere. */
export function toSidecarOptions(config: RuntimeConfig): Omit<SidecarOptions, 'command'> {
  const { python_runtime: python, json_rpc: rpc } = config;
  return {
    ...toConnectionLimits(config),
    client: { name: '@mlx/engine', version },
    startupTimeoutMs: python.startup_timeout_ms,
    slowStartMs: python.init_probe_fallback_ms,
    shutdownTimeoutMs: python.shutdown_timeout_ms,
    heartbeatIntervalMs: rpc.heartbeat_interval_ms,
    heartbeatTimeoutMs: rpc.heartbeat_timeout_ms,
  };
}

/** How deaths and failing calls are dealt with. */
export function toSupervisorOptions(config: RuntimeConfig): Omit<SupervisorOptions, 'sidecar'> {
  const { python_runtime: python, json_rpc: rpc } = config;
  const { retry, circuit_breaker: breaker } = rpc;
  return {
    maxRestarts: python.max_restarts,
    restartDelayBaseMs: python.restart_delay_base_ms,
    retry: {
      maxAttempts: retry.max_attempts,
      initialDelayMs: retry.initial_delay_ms,
      maxDelayMs: retry.max_delay_ms,
      backoffMultiplier: retry.backoff_multiplier,
      retryableErrors: retry.retryable_errors,
      jitter: retry.jitter,
    },
    circuitBreaker: {
      failureThreshold: breaker.failure_threshold,
      recoveryTimeoutMs: breaker.recovery_timeout_ms,
      halfOpenMaxCalls: breaker.half_open_max_calls,
      halfOpenSuccessThreshold: breaker.half_open_success_threshold,
      failureWindowMs: breaker.failure_window_ms,
    },
  };
}
