import type { Meter, ObservableGauge } from '@opentelemetry/api';
import type { MetricLabels } from '@mlx/schemas';

/** A number of this moment, such as the rows in the queue. */
export interface GaugeSample {
  /** Prometheus style, its unit included: `mlx_prefix_cache_bytes`. */
  readonly name: string;
  readonly description: string;
  readonly value: number;
  readonly labels?: MetricLabels;
}

/**
 * Asks `sample` for gauges every `intervalMs`, so that a scrape reads the last
 * answer and never waits for the sidecar. What can't be read is reported as
 * NaN, never as its last value. Returns the function that stops it.
 */
export function pollGauges(
  meter: Meter,
  sample: () => Promise<readonly GaugeSample[]>,
  intervalMs: number,
): () => void {
  const gauges = new Map<string, ObservableGauge>();
  let latest: readonly GaugeSample[] = [];
  let polling = false;

  function register({ name, description }: GaugeSample): void {
    if (gauges.has(name)) return;
    const gauge = meter.createObservableGauge(name, { description });
    gauge.addCallback((result) => {
      for (const one of latest) if (one.name === name) result.observe(one.value, one.labels);
    });
    gauges.set(name, gauge);
  }

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    try {
      latest = await sample();
      for (const one of latest) register(one);
    } catch {
      latest = latest.map((one) => ({ ...one, value: Number.NaN }));
    } finally {
      polling = false;
    }
  }

  void poll();
  const timer = setInterval(() => void poll(), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
