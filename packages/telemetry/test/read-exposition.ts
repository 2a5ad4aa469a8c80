import { getMetricsFromIterator } from 'prom2javascript';
import type { PromData, PromHistogramData, PromMetrics } from 'prom2javascript';

/** Prometheus' text format as a parser reads it; throws for a line that is none. */
export function readExposition(text: string): Promise<PromMetrics> {
  return getMetricsFromIterator(text.split('\n').values());
}

export function valuesOf(metrics: PromMetrics, name: string): readonly PromData[] {
  return (metrics[name]?.data ?? []) as PromData[];
}

export function histogramsOf(metrics: PromMetrics, name: string): readonly PromHistogramData[] {
  return (metrics[name]?.data ?? []) as PromHistogramData[];
}
