import { expect, test } from 'vitest';
import { atLeast, type Measurement } from '../src/measure/measurement.ts';
import { toRow } from '../src/report/format.ts';
import { markdown } from '../src/report/markdown.ts';
import { textTable } from '../src/report/text-table.ts';

const measurement: Measurement = {
  kind: 'comparison',
  id: 'streams',
  title: 'eight | streams',
  unit: 'tok/s',
  reference: 'peer',
  bar: atLeast(1),
  rounds: [
    { ours: 1200, reference: 1000 },
    { ours: 9, reference: 10 },
    { ours: 33, reference: 30 },
  ],
  note: 'tokens written: 3 / 3',
};

test('a row tells medians, ratio, spread, bar and verdict', () => {
  expect(toRow(measurement)).toEqual([
    'eight | streams',
    '33.0 tok/s',
    '30.0 tok/s (peer)',
    '1.10x',
    '0.90 - 1.20',
    '>= 1.00',
    'met',
  ]);
});

test('the terminal table aligns its columns and tells the notes below', () => {
  const lines = textTable([measurement]).split('\n');
  expect(lines[1]?.indexOf('33.0')).toBe(lines[0]?.indexOf('ours'));
  expect(lines.at(-1)).toBe('eight | streams: tokens written: 3 / 3');
});

test('the page escapes what would break its table and tells failures', () => {
  const page = markdown({
    date: '2026-01-02T03:04:05Z',
    machine: {
      processor: 'abacus',
      cores: 2,
      memoryGiB: 4,
      system: 's',
      node: 'v24',
      runtime: 'r',
      loadAtStart: 0.5,
    },
    model: 'm',
    rounds: 3,
    suites: [
      {
        suite: 'batching',
        description: 'Many.',
        measurements: [measurement],
        failures: [{ id: 'churn', message: 'rows left' }],
      },
    ],
  });
  expect(page).toContain('| eight \\| streams | 33.0 tok/s |');
  expect(page).toContain('**churn failed**: rows left');
  expect(page).toContain('abacus, 2 cores');
});
