import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { MeterProvider, MetricProducer, MetricReader } from '@opentelemetry/sdk-metrics';
import { EngineClientError } from '@mlx/schemas';

const DEFAULT_PORT = 9464;
const HOST = '127.0.0.1';

/** Metrics for whoever scrapes them, on a port of their own or as text. */
export class PrometheusEndpoint {
  readonly #port: number;
  readonly #exporter: PrometheusExporter;
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  constructor(port = DEFAULT_PORT, metricProducers: MetricProducer[] = []) {
    this.#port = port;
    this.#exporter = new PrometheusExporter({
      host: HOST,
      port,
      preventServerStart: true,
      withoutScopeInfo: true,
      metricProducers,
    });
  }

  get reader(): MetricReader {
    return this.#exporter;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}/metrics`;
  }

  /** Shuts the provider down when the port cannot be had. */
  async listen(provider: MeterProvider): Promise<void> {
    try {
      await this.#exporter.startServer();
    } catch (cause) {
      await provider.shutdown();
      throw new EngineClientError(
        'RuntimeError',
        `Cannot serve metrics on ${HOST}:${this.#port}. Set telemetry.prometheus_port to a free port.`,
        { cause },
      );
    }
  }

  async exposition(): Promise<string> {
    const { resourceMetrics } = await this.#exporter.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}
