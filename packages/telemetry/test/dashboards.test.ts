import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { everythingMeasured } from './everything-measured.js';

interface Query {
  readonly title: string;
  readonly expression: string;
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const samples = (await everythingMeasured()).split('\n').filter((line) => !line.startsWith('#'));
/** What Prometheus adds by itself. */
const ofPrometheus = { metrics: ['up'], labels: ['instance', 'job', 'le'] };

const emitted = new Map<string, Set<string>>();
for (const sample of samples) {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(sample) ?? [];
  const known = emitted.get(name) ?? new Set(ofPrometheus.labels);
  for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
  emitted.set(name, known);
}
for (const name of ofPrometheus.metrics) emitted.set(name, new Set(ofPrometheus.labels));

const dashboard = JSON.parse(read('grafana/mlx-serving.json')) as {
  panels: { title: string; gridPos: object; targets: { expr: string }[] }[];
  templating: { list: { query: string | { query: string } }[] };
};
const rules = parse(read('prometheus/alerts.yaml')) as {
  groups: { rules: { alert: string; expr: string }[] }[];
};

const queries: Query[] = [
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      title,
      expression: expr.replaceAll('$__rate_interval', '5m').replaceAll('$model', '.*'),
    })),
  ),
  ...rules.groups.flatMap((group) =>
    group.rules.map(({ alert, expr }) => ({ title: alert, expression: expr })),
  ),
];

describe('every query of the dashboard and of the alert rules', () => {
  it.each(queries)('can be answered: $title: $expression', ({ expression }) => {
    const { faults, metrics, labels } = inspect(expression);
    expect(faults).toBe(0);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) expect([...emitted.keys()]).toContain(metric);
    const known = new Set(metrics.flatMap((metric) => [...(emitted.get(metric) ?? [])]));
    for (const label of labels) expect([...known]).toContain(label);
  });

  it('is found out when it is wrong', () => {
    expect(inspect('sum by (model (rate(x[5m])').faults).toBeGreaterThan(0);
    expect(inspect('rate(mlx_made_up_total[5m])').metrics).toEqual(['mlx_made_up_total']);
    expect(inspect('sum by (colour) (up{shape="round"})').labels).toEqual(['colour', 'shape']);
  });
});

it('the dashboard offers the models that there are', () => {
  const [, models] = dashboard.templating.list;
  expect(models?.query).toMatchObject({ query: 'label_values(mlx_models_loaded, model)' });
  expect([...(emitted.get('mlx_models_loaded') ?? [])]).toContain('model');
});

it('every panel has a place of its own and a name', () => {
  const places = dashboard.panels.map(({ gridPos }) => JSON.stringify(gridPos));
  expect(new Set(places).size).toBe(dashboard.panels.length);
});

/** The faults, metrics and labels of a query. */
function inspect(expression: string) {
  const metrics: string[] = [];
  const labels: string[] = [];
  let faults = 0;
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults += 1;
      const text = expression.slice(from, to);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (type.name === 'LabelName') labels.push(text);
    },
  });
  return { faults, metrics, labels };
}
