#!/usr/bin/env bash
# behaviour: llguidance knows a number that is a multiple of a fraction by its digits, not by its
# value: under "multipleOf": 0.25 a model may write 75 and 75.25, but neither 75.0 nor 75.5, which
# it would have to spell 75.50. JSON.stringify and Python's json.dumps never write that zero, so
# that the halves among prices in quarters can not be written as the data shows them.
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
schema = {"type": "number", "multipleOf": 0.25}


def writable(text):
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_json_schema(json.dumps(schema)))
    tokens = list(text.encode())
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


TEXTS = ["75", "75.0", "75.00", "75.25", "75.5", "75.50"]
seen = [writable(text) for text in TEXTS]
for text, held in zip(TEXTS, seen, strict=True):
    print(json.dumps(schema), text, "writable" if held else "not writable")
sys.exit(seen != [True, False, True, True, False, True])
PYTHON
