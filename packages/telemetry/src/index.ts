export type { AnswerMetrics } from './answer-metrics.js';
export { startTelemetry } from './telemetry.js';
export type { Telemetry, TelemetryOptions } from './telemetry.js';
export { startTracing } from './tracing.js';
export type { EngineEventSource } from './event-source.js';
export type { RuntimeCounters } from './runtime-metrics.js';
export { batchGauges, cacheGauges, modelGauges } from './engine-gauges.js';
export type { BatchFacts, CacheFacts } from './engine-gauges.js';
export type { GaugeSample } from './gauges.js';
