import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr, numberBetween } from '../common/ranges.js';
import { Off, On } from '../common/shared.js';

export const AdaptiveLimitsConfigSchema = strictObject({
  enabled: Off,
  min_streams: integerOr(1, 1_000_000, 4),
  max_streams: integerOr(1, 1_000_000, 1024),
  target_ttft_ms: numberBetween(1, 600_000).default(1000),
  target_latency_ms: numberBetween(1, 600_000).default(100),
  adjustment_interval_ms: integerOr(10, 600_000, 5000),
  scale_up_threshold: numberBetween(0, 1).default(0.8),
  scale_down_threshold: numberBetween(0, 10).default(1.2),
}).refine((limits) => limits.max_streams >= limits.min_streams, {
  path: ['max_streams'],
  error: 'max_streams must be greater than or equal to min_streams',
});
export type AdaptiveLimitsConfig = z.infer<typeof AdaptiveLimitsConfigSchema>;

export const BackpressureConfigSchema = strictObject({
  enabled: On,
  max_unacked_chunks: integerOr(1, 1_000_000, 256),
  /** A consumer that takes nothing for this long loses its stream. */
  ack_timeout_ms: integerOr(1, 3_600_000, 60_000),
  /** A consumer that takes nothing for this long is reported as slow. */
  slow_consumer_threshold_ms: integerOr(1, 3_600_000, 5000),
});
export type BackpressureConfig = z.infer<typeof BackpressureConfigSchema>;

export const StreamMetricsConfigSchema = strictObject({
  enabled: On,
  track_ttft: On,
  track_throughput: On,
  track_cancellations: On,
  export_interval_ms: integerOr(100, 600_000, 10_000),
});
export type StreamMetricsConfig = z.infer<typeof StreamMetricsConfigSchema>;

export const StreamRegistryConfigSchema = strictObject({
  default_timeout_ms: integerOr(1, 86_400_000, 600_000),
  max_active_streams: integerOr(1, 1_000_000, 1024),
  cleanup_interval_ms: integerOr(100, 3_600_000, 10_000),
  adaptive_limits: AdaptiveLimitsConfigSchema.prefault({}),
  backpressure: BackpressureConfigSchema.prefault({}),
  metrics: StreamMetricsConfigSchema.prefault({}),
});
export type StreamRegistryConfig = z.infer<typeof StreamRegistryConfigSchema>;
