#!/usr/bin/env bash
# behaviour: parse-prometheus-text-format reads a histogram that has labels of its own as one
# histogram: of two series that differ in a label only the buckets of the last one are left, with
# the labels gone. Counters and gauges with labels keep them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit parse-prometheus-text-format@1.1.1
cat >seen.mjs <<'JAVASCRIPT'
import { createRequire } from 'node:module';
import parse from 'parse-prometheus-text-format';

const { version } = createRequire(import.meta.url)('parse-prometheus-text-format/package.json');
console.log('node', process.versions.node, 'parse-prometheus-text-format', version);
const series = (model, count) => [
  `wait_seconds_bucket{model="${model}",le="1"} ${count}`,
  `wait_seconds_bucket{model="${model}",le="+Inf"} ${count}`,
  `wait_seconds_sum{model="${model}"} ${count}`,
  `wait_seconds_count{model="${model}"} ${count}`,
];
const text = ['# TYPE wait_seconds histogram', ...series('a', 3), ...series('b', 5), ''].join('\n');
const [family] = parse(text);
console.log(JSON.stringify(family.metrics));
if (family.metrics.length !== 1 || 'labels' in family.metrics[0]) process.exit(1);
JAVASCRIPT
node seen.mjs
