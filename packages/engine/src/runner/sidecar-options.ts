import type { SidecarOptions } from '@mlx/bridge';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { version } from '../version.js';

/** The configuration of a sidecar process in the bridge's words; how it is started comes from elsewhere. */
export function toSidecarOptions(config: RuntimeConfig): Omit<SidecarOptions, 'command'> {
  const { python_runtime: python, json_rpc: rpc } = config;
  const { backpressure } = config.stream_registry;
  return {
    client: { name: '@mlx/engine', version },
    startupTimeoutMs: python.startup_timeout_ms,
    shutdownTimeoutMs: python.shutdown_timeout_ms,
    requestTimeoutMs: rpc.default_timeout_ms,
    maxFrameBytes: rpc.max_line_buffer_size,
    maxPendingRequests: rpc.max_pending_requests,
    heartbeatIntervalMs: rpc.heartbeat_interval_ms,
    heartbeatTimeoutMs: rpc.heartbeat_timeout_ms,
    writeHighWaterBytes: rpc.write_high_water_bytes,
    ...(backpressure.enabled
      ? {
          creditWindow: backpressure.max_unacked_chunks,
          ackTimeoutMs: backpressure.ack_timeout_ms,
          slowConsumerThresholdMs: backpressure.slow_consumer_threshold_ms,
        }
      : { creditWindow: UNLIMITED_CREDIT }),
  };
}

/** The most that the protocol can say; more than a generation may have. */
const UNLIMITED_CREDIT = 1_000_000;
