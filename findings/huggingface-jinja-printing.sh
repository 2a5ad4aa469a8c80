#!/usr/bin/env bash
# behaviour: a chat template that prints a value as it is prints another text in @huggingface/jinja than in
# Python's Jinja: none is nothing instead of "None", true is "true", and lists and objects are JSON
# instead of Python's form. So the content of a turn that only calls tools (null), a flag or an object
# of arguments enter the prompt otherwise in a browser than in the server the model was tuned with.
# What passes through `tojson` is the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'jinja2==3.1.6'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @huggingface/jinja@0.5.11
cat >cases.json <<'JSON'
{
  "turn": {"role": "assistant", "content": null, "final": true, "args": {"city": "Rome", "days": [1, null]}},
  "templates": [
    "{{ turn.role }}: {{ turn.content }}",
    "{{ turn.final }}",
    "{{ turn.args }}",
    "{{ turn.args.days }}",
    "{{ turn.get('name') }}",
    "{{ turn.args | tojson }}"
  ]
}
JSON
cat >seen.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const { turn, templates } = JSON.parse(readFileSync('cases.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => new Template(template).render({ turn }))));
JAVASCRIPT
node seen.mjs >by-javascript.json
cat >seen.py <<'PYTHON'
import json
import sys
from importlib.metadata import version
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

print("jinja2", version("jinja2"), "@huggingface/jinja 0.5.11")
environment = ImmutableSandboxedEnvironment()
# As Transformers defines it for chat templates.
environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
cases = json.loads(Path("cases.json").read_text())
javascript = json.loads(Path("by-javascript.json").read_text())
same = []
for template, right in zip(cases["templates"], javascript):
    left = environment.from_string(template).render(turn=cases["turn"])
    same.append(left == right)
    print(f"  {template}: {left!r} in Python, {right!r} in JavaScript")
sys.exit(same != [False] * 5 + [True])
PYTHON
venv/bin/python seen.py
