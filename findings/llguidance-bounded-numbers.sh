#!/usr/bin/env bash
# behaviour: llguidance lets a JSON schema's number be written with an exponent until the schema
# bounds it: with "minimum": 0 the same 1e-7 is no longer writable, so that a model which writes
# small numbers as JSON.stringify does has to spell out the zeros. An integer has no exponent and
# no ".0" either, though JSON Schema counts 1.0 as an integer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'llguidance==1.9.1'
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from importlib.metadata import version

from llguidance import LLMatcher, LLTokenizer

print("llguidance", version("llguidance"))
tokenizer = LLTokenizer("byte")


def writable(schema, text):
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_json_schema(json.dumps(schema)))
    tokens = list(text.encode())
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


FREE, BOUNDED, INTEGER = {"type": "number"}, {"type": "number", "minimum": 0}, {"type": "integer"}
CASES = [(FREE, "1e-7"), (BOUNDED, "1e-7"), (BOUNDED, "0.0000001"), (INTEGER, "1"), (INTEGER, "1.0")]
seen = [writable(*case) for case in CASES]
for (schema, text), held in zip(CASES, seen, strict=True):
    print(json.dumps(schema), text, "writable" if held else "not writable")
sys.exit(seen != [True, False, True, True, False])
PYTHON
