import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger } from '../common/primitives.js';
import { integerOr } from '../common/ranges.js';
import { Off, On } from '../common/shared.js';
import { PrometheusPort, ServiceName, ExportIntervalMs } from '../telemetry/telemetry-config.js';

export const TelemetrySectionSchema = strictObject({
  enabled: Off,
  service_name: ServiceName.default('mlx-serving'),
  prometheus_port: PrometheusPort.default(9464),
  export_interval_ms: ExportIntervalMs.default(60_000),
  /** Traces hold what was asked and answered. */
  record_content: Off,
});
export type TelemetrySection = z.infer<typeof TelemetrySectionSchema>;

export const LoggingConfigSchema = strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  format: z.enum(['json', 'pretty']).default('json'),
  /** `stderr`, `stdout`, or the path of a file to append to. */
  destination: NonEmptyString.default('stderr'),
});
export type LoggingConfig = z.infer<typeof LoggingConfigSchema>;

export const SecurityConfigSchema = strictObject({
  allow_remote_code: Off,
  verify_checksums: On,
});
export type SecurityConfig = z.infer<typeof SecurityConfigSchema>;

export const PerformanceConfigSchema = strictObject({
  /** Prompt tokens read between two decode steps while rows are running. */
  prefill_step_size: integerOr(1, 65_536, 2048),
  /** Bytes of computed prefixes kept for reuse. */
  prompt_cache_bytes: NonNegativeInteger.default(1_073_741_824),
  /** Bits per value of the key-value cache; 16 keeps it unquantised. Fewer save memory, and rows are served one at a time. */
  kv_bits: z.literal([4, 8, 16]).default(16),
});
export type PerformanceConfig = z.infer<typeof PerformanceConfigSchema>;
