#!/usr/bin/env bash
# behaviour: OpenTelemetry's baggage does not survive the way from Python to JavaScript: Python
# writes a blank as "+", as forms do, and JavaScript decodes percent signs alone, so "two words" arrives
# as "two+words". The way back loses what JavaScript keeps apart: a property behind a value, which the
# format allows, becomes a part of the value in Python. A plus sign sent from JavaScript arrives whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'opentelemetry-api==1.45.2'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.1
cat >baggage.py <<'PYTHON'
import sys

from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator

propagator = W3CBaggagePropagator()
if len(sys.argv) > 1:
    print(baggage.get_baggage("task", propagator.extract({"baggage": sys.argv[1]})))
else:
    carrier = {}
    propagator.inject(carrier, context=baggage.set_baggage("task", "two words"))
    print(carrier["baggage"])
PYTHON
cat >seen.mjs <<'JAVASCRIPT'
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as api from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';

const { version } = createRequire(import.meta.url)('@opentelemetry/core/package.json');
console.log('node', process.versions.node, '@opentelemetry/core', version);
const python = (...header) => execFileSync('venv/bin/python', ['baggage.py', ...header], { encoding: 'utf8' }).trim();
const propagator = new W3CBaggagePropagator();
const written = (value, metadata) => {
  const carrier = {};
  const baggage = api.propagation.createBaggage({ task: { value, metadata } });
  const context = api.propagation.setBaggage(api.ROOT_CONTEXT, baggage);
  propagator.inject(context, carrier, api.defaultTextMapSetter);
  return carrier.baggage;
};
const read = (baggage) => {
  const context = propagator.extract(api.ROOT_CONTEXT, { baggage }, api.defaultTextMapGetter);
  return api.propagation.getBaggage(context).getEntry('task').value;
};
const fromPython = python();
const withProperty = written('summary', api.baggageEntryMetadataFromString('priority=high'));
const seen = [read(fromPython), python(written('two words')), python(written('a+b')), python(withProperty)];
console.log(`Python writes ${fromPython}, JavaScript reads`, seen[0]);
console.log(`JavaScript writes ${written('two words')} and ${written('a+b')}, Python reads`, seen[1], 'and', seen[2]);
console.log(`JavaScript writes ${withProperty}, Python reads`, seen[3]);
process.exit(seen.join() === 'two+words,two words,a+b,summary;priority=high' ? 0 : 1);
JAVASCRIPT
venv/bin/python -c 'from importlib.metadata import version; print("opentelemetry-api", version("opentelemetry-api"))'
node seen.mjs
