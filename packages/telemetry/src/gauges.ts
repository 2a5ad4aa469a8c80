import type { Meter, Observable } from '@opentelemetry/api';
import type { MetricLabels } from '@mlx/schemas';

/** A number of this moment, such as the rows in the queue. */
export interface GaugeSample {
  /** Prometheus style, its unit included: `mlx_prefix_cache_bytes`. */
  readonly name: string;
  readonly description: string;
  readonly value: number;
  readonly labels?: MetricLabels;
  /** True: it was counted elsewhere and only grows, but for a new beginning. */
  readonly counter?: boolean;
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
  const known = new Map<string, Observable>();
  let latest: readonly GaugeSample[] = [];
  let polling = false;

  function register({ name, description, counter = false }: GaugeSample): void {
    if (known.has(name)) return;
    const observed = counter
      ? meter.createObservableCounter(name, { description })
      : meter.createObservableGauge(name, { description });
    observed.addCallback((result) => {
      for (const one of latest) if (one.name === name) result.observe(one.value, one.labels);
    });
    known.set(name, observed);
  }

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    try {
      latest = await sample();
      for (const one of latest) register(one);
    } catch {
      latest = latest
        .filter(({ counter }) => counter !== true)
        .map((one) => ({ ...one, value: Number.NaN }));
    } finally {
      polling = false;
    }
  }

  void poll();
  const timer = setInterval(() => void poll(), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
