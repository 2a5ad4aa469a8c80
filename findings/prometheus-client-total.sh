#!/usr/bin/env bash
# behaviour: prometheus_client's parser of the text format gives a counter another name than the text
# has: `jobs 3` comes out as the sample jobs_total, though no such series exists, and Prometheus itself
# stores it as jobs. In the text format, which is read here, `_total` is a habit and no rule; prom-client
# for Node leaves it to the writer. Whoever asks the parser for the series that was scraped finds nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'prometheus-client==0.26.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit prom-client@15.1.3
cat >written.cjs <<'JAVASCRIPT'
const { Counter, Gauge, register } = require('prom-client');

new Counter({ name: 'jobs', help: 'Jobs that ended.' }).inc(3);
new Counter({ name: 'calls_total', help: 'Calls.' }).inc(4);
new Gauge({ name: 'waiting', help: 'Jobs that wait.' }).set(1);
register.metrics().then((text) => process.stdout.write(text));
JAVASCRIPT
node written.cjs >metrics.txt
grep --invert-match '^#' metrics.txt
venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

print("prometheus-client", version("prometheus-client"), "reading prom-client 15.1.3")
families = text_string_to_metric_families(Path("metrics.txt").read_text())
names = {family.name: [sample.name for sample in family.samples] for family in families}
print(" ", names)
sys.exit(
    names != {"jobs": ["jobs_total"], "calls": ["calls_total"], "waiting": ["waiting"]}
)
PYTHON
