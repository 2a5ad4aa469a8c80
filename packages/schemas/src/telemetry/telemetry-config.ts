import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString } from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import { AnyNumber, Flag, Text } from '../common/shared.js';

export const ServiceName = NonEmptyString.max(100).regex(
  /^[a-zA-Z0-9_-]+$/,
  'Must match [a-zA-Z0-9_-]+',
);

export const PrometheusPort = z
  .int()
  .min(1024, 'Port must be at least 1024 (non-privileged)')
  .max(65_535);

export const ExportIntervalMs = integerBetween(1000, 600_000);

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
