import type { Measurement } from '../measure/measurement.ts';
import type { Failure, SuiteResult } from '../report/report.ts';
import type { BenchmarkContext, Suite } from './benchmark.ts';

/** Runs a suite to its end; a benchmark that throws is reported and the next one runs. */
export async function runSuite(
  suite: Suite,
  context: BenchmarkContext,
  only: ReadonlySet<string>,
): Promise<SuiteResult> {
  const measurements: Measurement[] = [];
  const failures: Failure[] = [];
  for (const benchmark of suite.benchmarks) {
    if (only.size > 0 && !only.has(benchmark.id)) continue;
    try {
      measurements.push(...(await benchmark.measure(context)));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.progress(`${benchmark.id} failed: ${message}`);
      failures.push({ id: benchmark.id, message });
    }
  }
  return { suite: suite.name, description: suite.description, measurements, failures };
}
