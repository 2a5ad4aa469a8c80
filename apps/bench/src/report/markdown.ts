import type { Machine } from './machine.ts';
import type { Report, SuiteResult } from './report.ts';
import { COLUMNS, toRow } from './format.ts';

/** The report as a page of the documentation. */
export function markdown(report: Report): string {
  return `${[
    '# Benchmarks',
    'Written by `pnpm bench --markdown`; not edited by hand. Both sides of a comparison ran in the',
    'same run, in turn, with the same weights and the same BLAS. The ratio is the median over rounds',
    'of ours / reference; the spread is its range. Compare numbers of one run only.',
    '',
    ...machine(report.machine),
    `- Model: ${report.model}, ${report.rounds} rounds, ${report.date.slice(0, 10)}`,
    ...report.suites.flatMap(section),
  ].join('\n')}\n`;
}

function machine({
  processor,
  cores,
  memoryGiB,
  system,
  node,
  runtime,
  loadAtStart,
}: Machine): string[] {
  return [
    `- Machine: ${processor}, ${cores} cores, ${memoryGiB} GiB; ${system}`,
    `- Software: Node ${node}, ${runtime}`,
    `- Load average before the run: ${loadAtStart.toFixed(2)}`,
  ];
}

function section(suite: SuiteResult): string[] {
  const notes = suite.measurements.filter((measurement) => measurement.note !== undefined);
  return [
    '',
    `## ${suite.suite}`,
    '',
    suite.description,
    '',
    line(COLUMNS),
    line(COLUMNS.map(() => '---')),
    ...suite.measurements.map((measurement) => line(toRow(measurement))),
    '',
    ...notes.map((measurement) => `- ${measurement.title}: ${measurement.note}`),
    ...suite.failures.map((failure) => `- **${failure.id} failed**: ${failure.message}`),
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
