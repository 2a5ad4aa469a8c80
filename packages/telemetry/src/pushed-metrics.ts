import { ConsoleMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricProducer, MetricReader, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { exportersOf, millisecondsOf, otlpProtocol } from './otel-environment.js';

const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * What sends metrics where the environment says; nothing where it says nothing.
 *
 * @throws EngineClientError `InvalidParams` for a variable with a value that it cannot have.
 */
export async function pushedMetricReaders(
  metricProducers: MetricProducer[],
): Promise<MetricReader[]> {
  const exportIntervalMillis = millisecondsOf('OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS;
  const timeoutMs = millisecondsOf('OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS;
  const pushing = await Promise.all(exportersOf('METRICS').map(createExporter));
  return pushing.flat().map(
    (exporter) =>
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis,
        exportTimeoutMillis: Math.min(exportIntervalMillis, timeoutMs),
        metricProducers,
      }),
  );
}

type Exporter = ReturnType<typeof exportersOf<'METRICS'>>[number];

async function createExporter(name: Exporter): Promise<PushMetricExporter[]> {
  switch (name) {
    case 'otlp':
      return [await createOtlpExporter()];
    case 'console':
      return [new ConsoleMetricExporter()];
    case 'prometheus':
    case 'none':
      return [];
    default:
      return name satisfies never;
  }
}

/** Loaded only where wanted; each reads its endpoint and headers from the environment. */
async function createOtlpExporter(): Promise<PushMetricExporter> {
  const protocol = otlpProtocol('METRICS');
  switch (protocol) {
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
      return new OTLPMetricExporter();
    }
    case 'http/json': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
      return new OTLPMetricExporter();
    }
    case 'http/protobuf': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
      return new OTLPMetricExporter();
    }
    default:
      return protocol satisfies never;
  }
}
