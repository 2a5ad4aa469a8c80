import type { Measurement } from '../measure/measurement.ts';
import type { Machine } from './machine.ts';

export interface SuiteResult {
  readonly suite: string;
  readonly description: string;
  readonly measurements: readonly Measurement[];
  /** Benchmarks that ended with an error instead of a number. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly id: string;
  readonly message: string;
}

/** Everything one run found out, and where. */
export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly model: string;
  readonly rounds: number;
  readonly suites: readonly SuiteResult[];
}
