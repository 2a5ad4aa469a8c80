import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { TelemetryConfigSchema, zodErrorToEngineError } from '@mlx/schemas';
import type { TelemetryConfig } from '@mlx/schemas';
import { recordAnswers } from './answer-metrics.js';
import type { AnswerMetrics } from './answer-metrics.js';
import type { EngineEventSource } from './event-source.js';
import { GapHistogram } from './gap-histogram.js';
import { pollGauges } from './gauges.js';
import type { GaugeSample } from './gauges.js';
import { recordMetrics } from './metrics.js';
import { pushedMetricReaders } from './pushed-metrics.js';
import { PrometheusEndpoint } from './prometheus.js';
import { serviceResource } from './resource.js';
import { observeRuntime } from './runtime-metrics.js';
import type { RuntimeCounters } from './runtime-metrics.js';

const DEFAULT_EXPORT_INTERVAL_MS = 60_000;

export interface TelemetryOptions extends TelemetryConfig {
  /** Gauges to refresh every `exportIntervalMs`. */
  readonly sample?: () => Promise<readonly GaugeSample[]>;
  /** What is measured about answers; by default everything. */
  readonly answers?: AnswerMetrics;
  /** Counters of the models' processes, read with every scrape: `(await engine.getRuntimeInfo()).models`. */
  readonly runtime?: () => Promise<readonly RuntimeCounters[]>;
  /** False: no port of its own; `exposition` is all there is. */
  readonly ownPort?: boolean;
}

export interface Telemetry extends AsyncDisposable {
  /** Counts a field of a request that had no effect. Both labels must come from a bounded list. */
  ignoredField(labels: { readonly endpoint: string; readonly field: string }): void;
  /** All metrics of this moment in Prometheus' text format; empty when telemetry is off. */
  exposition(): Promise<string>;
  /** Where Prometheus reads; undefined without a port of its own. */
  readonly metricsUrl: string | undefined;
  /** Detaches from the engine and closes the endpoint. */
  stop(): Promise<void>;
}

/**
 * Watches an engine's events and serves them as Prometheus metrics on
 * loopback; they also go where the environment variables of OpenTelemetry say.
 * With `enabled: false` it does nothing at all.
 *
 * @throws EngineClientError `InvalidParams` for options that the schema
 *   refuses, `RuntimeError` when the port is taken.
 */
export async function startTelemetry(
  source: EngineEventSource,
  { sample, answers = {}, runtime, ownPort = true, ...config }: TelemetryOptions,
): Promise<Telemetry> {
  const parsed = TelemetryConfigSchema.safeParse(config);
  if (!parsed.success) throw zodErrorToEngineError(parsed.error);
  const { enabled, exportIntervalMs = DEFAULT_EXPORT_INTERVAL_MS, serviceName } = parsed.data;
  if (!enabled) return disabled;

  const gaps = new GapHistogram();
  const prometheus = new PrometheusEndpoint(parsed.data.prometheusPort, [gaps]);
  const provider = new MeterProvider({
    resource: serviceResource(serviceName),
    readers: [prometheus.reader, ...(await pushedMetricReaders([gaps]))],
  });
  if (ownPort) await prometheus.listen(provider);

  const meter = provider.getMeter('@mlx/telemetry');
  const detach = [recordMetrics(meter, source)];
  if (runtime !== undefined) detach.push(observeRuntime(meter, runtime));
  if (sample !== undefined) detach.push(pollGauges(meter, sample, exportIntervalMs));
  if (answers.enabled !== false) {
    detach.push(recordAnswers(meter, source, answers, gaps));
    const { sample: own, exportIntervalMs: ownMs = exportIntervalMs } = answers;
    if (own !== undefined) detach.push(pollGauges(meter, own, ownMs));
  }
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
    metricsUrl: ownPort ? prometheus.url : undefined,
    exposition: () => prometheus.exposition(),
    ignoredField: (labels) => ignored.add(1, labels),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const nothing = async (): Promise<void> => {};
const disabled: Telemetry = {
  metricsUrl: undefined,
  exposition: async () => '',
  ignoredField: () => undefined,
  stop: nothing,
  [Symbol.asyncDispose]: nothing,
};
