import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { AnyNumber, Flag, Text } from '../common/shared.js';

export const ServiceName = z
  .string()
  .min(1, 'Service name cannot be empty')
  .max(100, 'Service name must be at most 100 characters')
  .regex(
    /^[a-zA-Z0-9_-]+$/,
    'Service name may contain only letters, digits, underscores and hyphens',
  );

export const PrometheusPort = z
  .int()
  .min(1024, 'Port must be at least 1024 (non-privileged)')
  .max(65_535, 'Port must be at most 65535');

export const ExportIntervalMs = z
  .int()
  .min(1000, 'Export interval must be at least 1000 ms')
  .max(600_000, 'Export interval must be at most 600000 ms (10 minutes)');

export const TelemetryConfigSchema = strictObject({
  enabled: Flag,
  serviceName: ServiceName.optional(),
  prometheusPort: PrometheusPort.optional(),
  exportIntervalMs: ExportIntervalMs.optional(),
});
export type TelemetryConfig = z.infer<typeof TelemetryConfigSchema>;

/** Label names and values of one metric sample. */
export const MetricLabelsSchema = z.record(Text, z.union([Text, AnyNumber, Flag]));
export type MetricLabels = z.infer<typeof MetricLabelsSchema>;
