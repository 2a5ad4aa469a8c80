import type { Contenders } from '../peers/contenders.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { Progress } from '../report/progress.ts';

export interface BenchmarkContext {
  /** How often each comparison is repeated, sides alternating. */
  readonly rounds: number;
  /** Fewer requests where the number of requests does not change what is asked. */
  readonly quick: boolean;
  readonly progress: Progress;
  readonly contenders: Contenders;
}

export interface Benchmark {
  readonly id: string;
  measure(context: BenchmarkContext): Promise<Measurement[]>;
}

export interface Suite {
  readonly name: string;
  readonly description: string;
  readonly benchmarks: readonly Benchmark[];
}
