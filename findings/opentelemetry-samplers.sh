#!/usr/bin/env bash
# behaviour: the ratio samplers of OpenTelemetry's SDKs for JavaScript and for Python choose different
# traces: each reads other bits of the trace id. At 10 % either samples a tenth of the same ids, but
# only a hundredth is sampled by both, as if they had thrown dice each for itself. Two services
# that sample by ratio without a parent's decision share hardly a whole trace.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'opentelemetry-sdk==1.45.2'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @opentelemetry/api@1.9.1 @opentelemetry/sdk-trace-base@2.12.1
cat >ids.py <<'PYTHON'
import random

from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

draw = random.Random(0)
sampler = TraceIdRatioBased(0.1)
for _ in range(10_000):
    trace_id = draw.getrandbits(128)
    sampled = sampler.should_sample(None, trace_id, "work").decision.is_sampled()
    print(f"{trace_id:032x}", int(sampled))
PYTHON
venv/bin/python ids.py >ids.txt
cat >seen.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';

const { version } = createRequire(import.meta.url)('@opentelemetry/sdk-trace-base/package.json');
console.log('node', process.versions.node, '@opentelemetry/sdk-trace-base', version);
const sampler = new TraceIdRatioBasedSampler(0.1);
const sampledHere = (id) =>
  sampler.shouldSample(ROOT_CONTEXT, id, 'work', SpanKind.INTERNAL, {}, []).decision ===
  SamplingDecision.RECORD_AND_SAMPLED;
const seen = { ids: 0, byJavaScript: 0, byPython: 0, byBoth: 0 };
for (const line of readFileSync('ids.txt', 'utf8').trim().split('\n')) {
  const [id, byPython] = line.split(' ');
  const byJavaScript = sampledHere(id);
  seen.ids += 1;
  seen.byPython += Number(byPython);
  seen.byJavaScript += Number(byJavaScript);
  seen.byBoth += Number(byPython === '1' && byJavaScript);
}
console.log(JSON.stringify(seen));
const tenth = (count) => count > 900 && count < 1100;
process.exit(tenth(seen.byJavaScript) && tenth(seen.byPython) && seen.byBoth > 50 && seen.byBoth < 150 ? 0 : 1);
JAVASCRIPT
venv/bin/python -c 'from importlib.metadata import version; print("opentelemetry-sdk", version("opentelemetry-sdk"))'
node seen.mjs
