#!/usr/bin/env bash
# behaviour: outlines-core, which turns a JSON schema into a regular expression, writes the parts of
# an "allOf" one behind the other: two objects become the text of two objects, which is no JSON, and
# the one object that satisfies both parts can not be written. It refuses "not" and "if" by name, so that
# silence sounds like support; "minimum", "maximum" and "multipleOf" are dropped in silence too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'outlines-core==0.2.14'
"$folder/venv/bin/python" - <<'PYTHON'
import json
import re
import sys
from importlib.metadata import version

from outlines_core.json_schema import build_regex_from_schema

print("outlines-core", version("outlines-core"))


def writable(schema, text):
    return re.fullmatch(build_regex_from_schema(json.dumps(schema)), text) is not None


def part(name):
    return {"type": "object", "properties": {name: {"type": "integer"}}, "required": [name]}


both = {"allOf": [part("a"), part("b")]}
age = {"type": "integer", "minimum": 0, "maximum": 150, "multipleOf": 5}
seen = {text: writable(both, text) for text in ('{"a": 1, "b": 2}', '{"a": 1}{"b": 2}')}
seen |= {text: writable(age, text) for text in ("-7", "1000003")}
for text, can in seen.items():
    print(text, "can" if can else "can not", "be written")
try:
    build_regex_from_schema(json.dumps({"not": {"type": "integer"}}))
    refused = False
except ValueError as error:
    refused = True
    print("not:", str(error).splitlines()[0])
sys.exit(not (refused and list(seen.values()) == [False, True, True, True]))
PYTHON
