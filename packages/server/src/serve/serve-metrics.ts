import type { Engine } from '@mlx/engine';
import type { ModelHandle, RuntimeConfig, StreamMetricsConfig } from '@mlx/schemas';
import {
  batchGauges,
  cacheGauges,
  modelGauges,
  startTelemetry,
  type AnswerMetrics,
  type GaugeSample,
  type Telemetry,
} from '@mlx/telemetry';

type Sections = Pick<RuntimeConfig, 'telemetry' | 'stream_registry'>;

/**
 * Measures the engine for `/metrics` and, as `telemetry` says, for a port of
 * its own; `stream_registry.metrics` says what is measured of answers.
 */
export function serveMetrics(
  engine: Engine,
  { telemetry: section, stream_registry: { metrics } }: Sections,
): Promise<Telemetry> {
  return startTelemetry(engine, {
    enabled: true,
    ownPort: section.enabled,
    serviceName: section.service_name,
    prometheusPort: section.prometheus_port,
    exportIntervalMs: section.export_interval_ms,
    runtime: async () => (await engine.getRuntimeInfo()).models,
    sample: () => ofReadyModels(engine, modelSample),
    answers: {
      ...toAnswerMetrics(metrics),
      sample: () => ofReadyModels(engine, requestSample),
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

type Sample = (engine: Engine, model: ModelHandle) => Promise<GaugeSample[]>;

async function ofReadyModels(engine: Engine, sample: Sample): Promise<GaugeSample[]> {
  const models = await engine.listModels();
  const ready = models.filter(({ state, draft }) => state === 'ready' && !draft);
  return (await Promise.all(ready.map((model) => sample(engine, model)))).flat();
}

const requestSample: Sample = async (engine, { descriptor: { id } }) => {
  const [batch, cache] = await Promise.all([engine.getBatchStats(id), engine.getCacheStats(id)]);
  return [...batchGauges(id, batch), ...cacheGauges(id, cache)];
};

const modelSample: Sample = async (_engine, { descriptor: { id }, metadata }) => {
  const weightBytes = metadata?.['weightBytes'];
  return typeof weightBytes === 'number' ? modelGauges(id, weightBytes) : [];
};
