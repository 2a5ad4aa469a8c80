import * as z from 'zod';

export const AdaptiveLimitsConfigSchema = z
  .strictObject({
    enabled: z.boolean().default(false),
    min_streams: z.int().min(1).max(1_000_000).default(4),
    max_streams: z.int().min(1).max(1_000_000).default(1024),
    target_ttft_ms: z.number().min(1).max(600_000).default(1000),
    target_latency_ms: z.number().min(1).max(600_000).default(100),
    adjustment_interval_ms: z.int().min(10).max(600_000).default(5000),
    scale_up_threshold: z.number().min(0).max(1).default(0.8),
    scale_down_threshold: z.number().min(0).max(10).default(1.2),
  })
  .refine((limits) => limits.max_streams >= limits.min_streams, {
    path: ['max_streams'],
    error: 'max_streams must be greater than or equal to min_streams',
  });
export type AdaptiveLimitsConfig = z.infer<typeof AdaptiveLimitsConfigSchema>;

export const BackpressureConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  max_unacked_chunks: z.int().min(1).max(1_000_000).default(256),
  /** A consumer that takes nothing for this long loses its stream. */
  ack_timeout_ms: z.int().min(1).max(3_600_000).default(60_000),
  /** A consumer that takes nothing for this long is reported as slow. */
  slow_consumer_threshold_ms: z.int().min(1).max(3_600_000).default(5000),
});
export type BackpressureConfig = z.infer<typeof BackpressureConfigSchema>;

export const StreamMetricsConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  track_ttft: z.boolean().default(true),
  track_throughput: z.boolean().default(true),
  track_cancellations: z.boolean().default(true),
  export_interval_ms: z.int().min(100).max(600_000).default(10_000),
});
export type StreamMetricsConfig = z.infer<typeof StreamMetricsConfigSchema>;

export const StreamRegistryConfigSchema = z.strictObject({
  default_timeout_ms: z.int().min(1).max(86_400_000).default(600_000),
  max_active_streams: z.int().min(1).max(1_000_000).default(1024),
  cleanup_interval_ms: z.int().min(100).max(3_600_000).default(10_000),
  adaptive_limits: AdaptiveLimitsConfigSchema.prefault({}),
  backpressure: BackpressureConfigSchema.prefault({}),
  metrics: StreamMetricsConfigSchema.prefault({}),
});
export type StreamRegistryConfig = z.infer<typeof StreamRegistryConfigSchema>;
