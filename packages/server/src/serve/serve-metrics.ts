import type { BatchStats, CacheStats, Engine } from '@mlx/engine';
import type { TelemetrySection } from '@mlx/schemas';
import { startTelemetry, type GaugeSample, type Telemetry } from '@mlx/telemetry';

/** Serves the engine's metrics for Prometheus as the section `telemetry` says. */
export function serveMetrics(engine: Engine, section: TelemetrySection): Promise<Telemetry> {
  return startTelemetry(engine, {
    enabled: section.enabled,
    serviceName: section.service_name,
    prometheusPort: section.prometheus_port,
    exportIntervalMs: section.export_interval_ms,
    runtime: async () => (await engine.getRuntimeInfo()).models,
    sample: async () =>
      toGauges(await Promise.all([engine.getBatchStats(), engine.getCacheStats()])),
  });
}

function toGauges([batch, cache]: [BatchStats, CacheStats]): GaugeSample[] {
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
