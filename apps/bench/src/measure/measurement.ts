import { median } from './statistics.ts';

/** What a number has to reach. */
export interface Bar {
  readonly comparison: 'at least' | 'at most';
  readonly value: number;
}

interface MeasurementBase {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Absent: the number is told, not judged. */
  readonly bar?: Bar;
  readonly note?: string;
}

/** Two sides timed in turn within one run. */
export interface Comparison extends MeasurementBase {
  readonly kind: 'comparison';
  readonly reference: string;
  /** One value of each side per round, in `unit`. */
  readonly rounds: readonly Round[];
}

export interface Round {
  readonly ours: number;
  readonly reference: number;
}

/** One number that stands for itself. */
export interface Reading extends MeasurementBase {
  readonly kind: 'reading';
  readonly values: readonly number[];
}

export type Measurement = Comparison | Reading;

/**
 * The number held against the bar: for a comparison the median over rounds of
 * ours / reference, which a machine that slows down between rounds distorts
 * less than the ratio of the medians.
 */
export function score(measurement: Measurement): number {
  return median(scores(measurement));
}

/** One score per round. */
export function scores(measurement: Measurement): number[] {
  switch (measurement.kind) {
    case 'comparison':
      return measurement.rounds.map((round) => round.ours / round.reference);
    case 'reading':
      return [...measurement.values];
    default:
      return measurement satisfies never;
  }
}

export type Verdict = 'met' | 'not met' | 'told';

export function verdict(measurement: Measurement): Verdict {
  const { bar } = measurement;
  if (bar === undefined) return 'told';
  const value = score(measurement);
  const met = bar.comparison === 'at least' ? value >= bar.value : value <= bar.value;
  return met ? 'met' : 'not met';
}

export function atLeast(value: number): Bar {
  return { comparison: 'at least', value };
}

export function atMost(value: number): Bar {
  return { comparison: 'at most', value };
}
