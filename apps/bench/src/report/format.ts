import { median } from '../measure/statistics.ts';
import { score, scores, verdict, type Bar, type Measurement } from '../measure/measurement.ts';

/** One measurement as the cells of a table, in the order of `COLUMNS`. */
export type Row = readonly string[];

export const COLUMNS = ['measured', 'ours', 'reference', 'ratio', 'spread', 'bar', 'verdict'];

export function toRow(measurement: Measurement): Row {
  const judged = [spread(measurement), bar(measurement.bar), verdict(measurement)];
  switch (measurement.kind) {
    case 'comparison': {
      const ours = median(measurement.rounds.map((round) => round.ours));
      const reference = median(measurement.rounds.map((round) => round.reference));
      const cells = [quantity(ours, measurement.unit), quantity(reference, measurement.unit)];
      const ratio = `${number(score(measurement))}x`;
      return [
        measurement.title,
        cells[0] ?? '',
        `${cells[1]} (${measurement.reference})`,
        ratio,
        ...judged,
      ];
    }
    case 'reading':
      return [measurement.title, quantity(score(measurement), measurement.unit), '', '', ...judged];
    default:
      return measurement satisfies never;
  }
}

function quantity(value: number, unit: string): string {
  return `${number(value)} ${unit}`;
}

/** Three significant digits, thousands separated. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function spread(measurement: Measurement): string {
  const values = scores(measurement);
  if (values.length < 2) return '';
  return `${number(Math.min(...values))} - ${number(Math.max(...values))}`;
}

function bar(value: Bar | undefined): string {
  if (value === undefined) return '';
  return `${value.comparison === 'at least' ? '>=' : '<='} ${number(value.value)}`;
}
