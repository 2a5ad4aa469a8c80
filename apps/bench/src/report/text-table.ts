import type { Measurement } from '../measure/measurement.ts';
import { COLUMNS, toRow } from './format.ts';

/** The results as aligned text for a terminal. */
export function textTable(measurements: readonly Measurement[]): string {
  const rows = [COLUMNS, ...measurements.map(toRow)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = measurements
    .filter((measurement) => measurement.note !== undefined)
    .map((measurement) => `${measurement.title}: ${measurement.note}`);
  return [...lines, '', ...notes].join('\n');
}
