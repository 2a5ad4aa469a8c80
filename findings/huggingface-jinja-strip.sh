#!/usr/bin/env bash
# behaviour: in @huggingface/jinja, which renders chat templates in JavaScript, `strip`, `lstrip` and
# `rstrip` pay no heed to what they are told to strip, and take all whitespace. Templates of reasoning
# models strip line breaks alone from an earlier answer, as in the line below from Qwen3's; Python's
# Jinja then keeps the indentation of the first line, and JavaScript loses it. No error says so,
# and the prompt is another one than the server's.
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
  "content": "<think>\n  first\n</think>\n\n    indented code\n",
  "templates": [
    "{{ content.split('</think>')[-1].lstrip('\\n') }}",
    "{{ content.rstrip('\\n') }}",
    "{{ 'ends with a blank \\n'.strip('\\n') }}",
    "{{ 'v1.0.0'.lstrip('v') }}"
  ]
}
JSON
cat >seen.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const { content, templates } = JSON.parse(readFileSync('cases.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => new Template(template).render({ content }))));
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
cases = json.loads(Path("cases.json").read_text())
by_python = [jinja2.Template(each).render(content=cases["content"]) for each in cases["templates"]]
by_javascript = json.loads(Path("by-javascript.json").read_text())
for template, python, javascript in zip(cases["templates"], by_python, by_javascript, strict=True):
    print(template, "Python:", repr(python), "JavaScript:", repr(javascript))
sys.exit(not (by_python[0] == "    indented code\n" and by_javascript[0] == "indented code\n"
              and by_python[1] == by_javascript[1]
              and by_python[2:] == ["ends with a blank ", "1.0.0"]
              and by_javascript[2:] == ["ends with a blank", "v1.0.0"]))
PYTHON
