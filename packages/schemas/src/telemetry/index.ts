export { MetricLabelsSchema, TelemetryConfigSchema } from './telemetry-config.js';
export type { MetricLabels, TelemetryConfig } from './telemetry-config.js';
