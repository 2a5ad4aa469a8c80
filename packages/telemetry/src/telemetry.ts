import type { Meter, Tracer } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { EngineClientError, TelemetryConfigSchema, zodErrorToEngineError } from '@mlx/schemas';
import type { TelemetryConfig } from '@mlx/schemas';
import { recordAnswers } from './answer-metrics.js';
import type { AnswerMetrics } from './answer-metrics.js';
import type { EngineEventSource } from './event-source.js';
import { pollGauges } from './gauges.js';
import type { GaugeSample } from './gauges.js';
import { recordMetrics } from './metrics.js';
import { observeRuntime } from './runtime-metrics.js';
import type { RuntimeCounters } from './runtime-metrics.js';
import { recordSpans } from './spans.js';

const DEFAULT_SERVICE_NAME = 'mlx-serving';
const DEFAULT_PROMETHEUS_PORT = 9464;
const DEFAULT_EXPORT_INTERVAL_MS = 60_000;
const HOST = '127.0.0.1';

export interface TelemetryOptions extends TelemetryConfig {
  /** Gauges to refresh every `exportIntervalMs`. */
  readonly sample?: () => Promise<readonly GaugeSample[]>;
  /** What is measured about answers; by default everything. */
  readonly answers?: AnswerMetrics;
  /** Counters of the models' processes, read with every scrape: `(await engine.getRuntimeInfo()).models`. */
  readonly runtime?: () => Promise<readonly RuntimeCounters[]>;
  /** Where spans go; by default the globally registered tracer provider. */
  readonly tracer?: Tracer;
}

export interface Telemetry extends AsyncDisposable {
  /** Counts a field of a request that had no effect. Both labels must come from a bounded list. */
  ignoredField(labels: { readonly endpoint: string; readonly field: string }): void;
  /** Where Prometheus reads; undefined when telemetry is off. */
  readonly metricsUrl: string | undefined;
  /** Detaches from the engine and closes the endpoint. */
  stop(): Promise<void>;
}

/**
 * Watches an engine's events and serves them as Prometheus metrics on
 * loopback; one span per answer goes to the registered tracer provider.
 * With `enabled: false` it does nothing at all.
 *
 * @throws EngineClientError `InvalidParams` for options that the schema
 *   refuses, `RuntimeError` when the port is taken.
 */
export async function startTelemetry(
  source: EngineEventSource,
  { sample, answers = {}, runtime, tracer, ...config }: TelemetryOptions,
): Promise<Telemetry> {
  const parsed = TelemetryConfigSchema.safeParse(config);
  if (!parsed.success) throw zodErrorToEngineError(parsed.error);
  const { enabled, exportIntervalMs = DEFAULT_EXPORT_INTERVAL_MS } = parsed.data;
  if (!enabled) return disabled;

  const { provider, metricsUrl } = await serveMetrics(parsed.data);
  const meter = provider.getMeter('@mlx/telemetry');
  const detach = [recordMetrics(meter, source), recordSpans(source, tracer)];
  if (runtime !== undefined) detach.push(observeRuntime(meter, runtime));
  if (sample !== undefined) detach.push(pollGauges(meter, sample, exportIntervalMs));
  if (answers.enabled !== false)
    detach.push(...watchAnswers(meter, source, answers, exportIntervalMs));

  const ignored = meter.createCounter('mlx_ignored_fields', {
    description: 'Fields of HTTP requests that were accepted without effect',
  });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const undo of detach) undo();
      await provider.shutdown();
    })();
    return stopping;
  };
  return {
    metricsUrl,
    ignoredField: (labels) => ignored.add(1, labels),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function watchAnswers(
  meter: Meter,
  source: EngineEventSource,
  answers: AnswerMetrics,
  otherIntervalMs: number,
): (() => void)[] {
  const { sample, exportIntervalMs = otherIntervalMs } = answers;
  const detach = [recordAnswers(meter, source, answers)];
  return sample === undefined ? detach : [...detach, pollGauges(meter, sample, exportIntervalMs)];
}

async function serveMetrics(config: TelemetryConfig) {
  const port = config.prometheusPort ?? DEFAULT_PROMETHEUS_PORT;
  const exporter = new PrometheusExporter({ host: HOST, port, preventServerStart: true });
  const serviceName = config.serviceName ?? DEFAULT_SERVICE_NAME;
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    readers: [exporter],
  });
  try {
    await exporter.startServer();
  } catch (cause) {
    await provider.shutdown();
    throw new EngineClientError(
      'RuntimeError',
      `Cannot serve metrics on ${HOST}:${port}. Set telemetry.prometheus_port to a free port.`,
      { cause },
    );
  }
  return { provider, metricsUrl: `http://${HOST}:${port}/metrics` };
}

const nothing = async (): Promise<void> => {};
const disabled: Telemetry = {
  metricsUrl: undefined,
  ignoredField: () => undefined,
  stop: nothing,
  [Symbol.asyncDispose]: nothing,
};
