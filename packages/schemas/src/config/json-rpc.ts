import * as z from 'zod';

export const RetryConfigSchema = z
  .strictObject({
    max_attempts: z.int().min(1).max(100).default(3),
    initial_delay_ms: z.int().min(0).max(600_000).default(100),
    max_delay_ms: z.int().min(0).max(600_000).default(5000),
    backoff_multiplier: z.number().min(1).max(100).default(2),
    retryable_errors: z
      .array(z.string().min(1, 'Cannot be empty'))
      .default(['TransportError', 'Timeout', 'SidecarCrashed', 'Overloaded']),
    /** Fraction of each delay that is random, so that clients don't retry in step. */
    jitter: z.number().min(0).max(1).default(0.25),
  })
  .refine((retry) => retry.max_delay_ms >= retry.initial_delay_ms, {
    path: ['max_delay_ms'],
    error: 'max_delay_ms must be greater than or equal to initial_delay_ms',
  });
export type RetryConfig = z.infer<typeof RetryConfigSchema>;

export const CircuitBreakerConfigSchema = z.strictObject({
  failure_threshold: z.int().min(1).max(1000).default(5),
  recovery_timeout_ms: z.int().min(1).max(3_600_000).default(10_000),
  half_open_max_calls: z.int().min(1).max(1000).default(1),
  half_open_success_threshold: z.int().min(1).max(1000).default(1),
  failure_window_ms: z.int().min(1).max(3_600_000).default(60_000),
});
export type CircuitBreakerConfig = z.infer<typeof CircuitBreakerConfigSchema>;

export const JsonRpcConfigSchema = z.strictObject({
  default_timeout_ms: z.int().min(1).max(86_400_000).default(60_000),
  max_line_buffer_size: z
    .int()
    .min(1024)
    .max(1024 ** 3)
    .default(64 * 1024 * 1024),
  max_pending_requests: z.int().min(1).max(1_000_000).default(4096),
  heartbeat_interval_ms: z.int().min(50).max(60_000).default(1000),
  heartbeat_timeout_ms: z.int().min(100).max(600_000).default(10_000),
  write_high_water_bytes: z
    .int()
    .min(1024)
    .max(1024 ** 3)
    .default(1024 * 1024),
  retry: RetryConfigSchema.prefault({}),
  circuit_breaker: CircuitBreakerConfigSchema.prefault({}),
});
export type JsonRpcConfig = z.infer<typeof JsonRpcConfigSchema>;
