import type { BatchStats, CacheStats, Engine } from '@mlx/engine';
import type { RuntimeConfig, StreamMetricsConfig } from '@mlx/schemas';
import {
  startTelemetry,
  type AnswerMetrics,
  type GaugeSample,
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
    sample: async () => toCacheGauges(await engine.getCacheStats()),
    answers: {
      ...toAnswerMetrics(metrics),
      sample: async () => toBatchGauges(await engine.getBatchStats()),
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

function toBatchGauges(batch: BatchStats): GaugeSample[] {
  const rows = Object.entries(batch.rows).map(([state, value]) => ({
    name: 'mlx_rows',
    description: 'Rows by what they wait for or do',
    value,
    labels: { state },
  }));
  return [
    ...rows,
    {
      name: 'mlx_mean_batch_size',
      description: 'Tokens generated per decode step since the models were loaded',
      value: batch.meanBatchSize,
    },
  ];
}

function toCacheGauges(cache: CacheStats): GaugeSample[] {
  return [
    {
      name: 'mlx_prefix_cache_bytes',
      description: 'Memory that kept prefixes take',
      value: cache.bytes,
    },
    {
      name: 'mlx_prefix_cache_hit_ratio',
      description: 'Hits of all look-ups in the prefix cache',
      value: cache.hitRate,
    },
  ];
}
