import type { Engine } from '@mlx/engine';
import type { RuntimeConfig, StreamMetricsConfig } from '@mlx/schemas';
import {
  batchGauges,
  cacheGauges,
  startTelemetry,
  type AnswerMetrics,
  type Telemetry,
} from '@mlx/telemetry';

type Sections = Pick<RuntimeConfig, 'telemetry' | 'stream_registry'>;

/** Serves the engine's metrics for Prometheus as `telemetry` and `stream_registry.metrics` say. */
export function serveMetrics(
  engine: Engine,
  { telemetry: section, stream_registry: { metrics } }: Sections,
): Promise<Telemetry> {
  return startTelemetry(engine, {
    enabled: section.enabled,
    serviceName: section.service_name,
    prometheusPort: section.prometheus_port,
    exportIntervalMs: section.export_interval_ms,
    runtime: async () => (await engine.getRuntimeInfo()).models,
    sample: async () => cacheGauges(await engine.getCacheStats()),
    answers: {
      ...toAnswerMetrics(metrics),
      sample: async () => batchGauges(await engine.getBatchStats()),
    },
  });
}

export function toAnswerMetrics(section: StreamMetricsConfig): AnswerMetrics {
  return {
    enabled: section.enabled,
    trackTtft: section.track_ttft,
    trackThroughput: section.track_throughput,
    trackCancellations: section.track_cancellations,
    exportIntervalMs: section.export_interval_ms,
  };
}
