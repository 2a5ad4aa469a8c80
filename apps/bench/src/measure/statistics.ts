import { namedRandom } from '../prompts/random.ts';

/** The value below which `fraction` of the values lie, linearly interpolated; NaN when there are none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The interval in which the median of what the values were drawn from lies,
 * with 95 % confidence: percentiles of the medians of samples drawn from them
 * again (Efron, "Bootstrap Methods", 1979). The same values give the same interval.
 */
export function medianInterval(values: readonly number[], samples = 2000): [number, number] {
  const random = namedRandom('bootstrap');
  const medians = Array.from({ length: samples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  );
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}
