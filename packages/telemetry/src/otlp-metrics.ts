import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricProducer, MetricReader, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { otlpProtocol, wantsExport } from './otlp-environment.js';

const DEFAULT_INTERVAL_MS = 60_000;

/** What sends metrics where the environment says; nothing where it says nothing. */
export async function otlpMetricReaders(
  metricProducers: MetricProducer[],
): Promise<MetricReader[]> {
  if (!wantsExport('METRICS')) return [];
  const given = Number(process.env['OTEL_METRIC_EXPORT_INTERVAL']);
  const exportIntervalMillis = given > 0 ? given : DEFAULT_INTERVAL_MS;
  const exporter = await createExporter();
  return [
    new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(exportIntervalMillis, 30_000),
      metricProducers,
    }),
  ];
}

/** Loaded only where wanted; each reads its endpoint and headers from the environment. */
async function createExporter(): Promise<PushMetricExporter> {
  switch (otlpProtocol('METRICS')) {
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
      return new OTLPMetricExporter();
    }
    case 'http/json': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
      return new OTLPMetricExporter();
    }
    default: {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
      return new OTLPMetricExporter();
    }
  }
}
