#!/usr/bin/env bash
# behaviour: `==` of @huggingface/jinja is JavaScript's loose equality between values: the text '1'
# equals the number 1, a variable nobody gave equals none, and two lists with the same entries differ.
# Jinja in Python says the opposite each time. A chat template that asks `tools == none` or compares
# lists takes the other branch in the browser, without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'jinja2==3.1.6'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @huggingface/jinja@0.5.11
cat >cases.json <<'JSON'
["'1' == 1", "tools == none", "[1, 2] == [1, 2]", "{'a': 1} != {'a': 1}", "-7 % 3 == 2"]
JSON
cat >seen.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const conditions = JSON.parse(readFileSync('cases.json', 'utf8'));
const holds = (condition) => new Template(`{% if ${condition} %}yes{% endif %}`).render({}) === 'yes';
console.log(JSON.stringify(conditions.map(holds)));
JAVASCRIPT
node seen.mjs >by-javascript.json
venv/bin/python - <<'PYTHON'
import json
import sys
from importlib.metadata import version
from pathlib import Path

import jinja2

package = json.loads(Path("node_modules/@huggingface/jinja/package.json").read_text())
print("jinja2", version("jinja2"), "@huggingface/jinja", package["version"])
conditions = json.loads(Path("cases.json").read_text())
by_python = [jinja2.Template(f"{{% if {each} %}}yes{{% endif %}}").render() == "yes" for each in conditions]
by_javascript = json.loads(Path("by-javascript.json").read_text())
for condition, python, javascript in zip(conditions, by_python, by_javascript, strict=True):
    print(f"{condition}   Python: {python}, JavaScript: {javascript}")
sys.exit(not (by_python == [False, False, True, False, True]
              and by_javascript == [not each for each in by_python]))
PYTHON
