import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr, numberBetween } from '../common/ranges.js';
import { NonEmptyString } from '../common/primitives.js';

export const RetryConfigSchema = strictObject({
  max_attempts: integerOr(1, 100, 3),
  initial_delay_ms: integerOr(0, 600_000, 100),
  max_delay_ms: integerOr(0, 600_000, 5000),
  backoff_multiplier: numberBetween(1, 100).default(2),
  retryable_errors: z
    .array(NonEmptyString)
    .default(['TransportError', 'Timeout', 'SidecarCrashed', 'Overloaded']),
  /** Fraction of each delay that is random, so that clients don't retry in step. */
  jitter: numberBetween(0, 1).default(0.25),
}).refine((retry) => retry.max_delay_ms >= retry.initial_delay_ms, {
  path: ['max_delay_ms'],
  error: 'max_delay_ms must be greater than or equal to initial_delay_ms',
});
export type RetryConfig = z.infer<typeof RetryConfigSchema>;

export const CircuitBreakerConfigSchema = strictObject({
  failure_threshold: integerOr(1, 1000, 5),
  recovery_timeout_ms: integerOr(1, 3_600_000, 10_000),
  half_open_max_calls: integerOr(1, 1000, 1),
  half_open_success_threshold: integerOr(1, 1000, 1),
  failure_window_ms: integerOr(1, 3_600_000, 60_000),
});
export type CircuitBreakerConfig = z.infer<typeof CircuitBreakerConfigSchema>;

export const JsonRpcConfigSchema = strictObject({
  default_timeout_ms: integerOr(1, 86_400_000, 60_000),
  max_line_buffer_size: integerOr(1024, 1024 ** 3, 64 * 1024 * 1024),
  max_pending_requests: integerOr(1, 1_000_000, 4096),
  heartbeat_interval_ms: integerOr(50, 60_000, 1000),
  heartbeat_timeout_ms: integerOr(100, 600_000, 10_000),
  write_high_water_bytes: integerOr(1024, 1024 ** 3, 1024 * 1024),
  retry: RetryConfigSchema.prefault({}),
  circuit_breaker: CircuitBreakerConfigSchema.prefault({}),
});
export type JsonRpcConfig = z.infer<typeof JsonRpcConfigSchema>;
