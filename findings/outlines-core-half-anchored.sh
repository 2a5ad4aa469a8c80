#!/usr/bin/env bash
# behaviour: outlines-core takes "^" and "$" off a JSON schema's pattern only when both are there. "^b" alone
# and "b$" alone go between the quotes as they are, where nothing can match: no text at all satisfies
# the schema, and the error, which comes with the index, blames the vocabulary. A pattern without
# either is read as if it had both, though JSON Schema searches for it anywhere. zod writes such
# halves for startsWith and endsWith.
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

from outlines_core import Index, Vocabulary
from outlines_core.json_schema import build_regex_from_schema

print("outlines-core", version("outlines-core"))
TEXTS = ["b", "bx", "xb", "xbx"]
vocabulary = Vocabulary(0, {text: [number + 1] for number, text in enumerate('"bx')})


def ends(regex):
    try:
        return len(Index(regex, vocabulary).get_final_states()) > 0
    except ValueError as error:
        print("   ", str(error)[:100])
        return False


seen = {}
for pattern in ("b", "^b", "b$", "^b$"):
    regex = build_regex_from_schema(json.dumps({"type": "string", "pattern": pattern}))
    writable = [text for text in TEXTS if re.fullmatch(regex, f'"{text}"')]
    valid = [text for text in TEXTS if re.search(pattern, text)]
    seen[pattern] = (writable, ends(regex))
    print(f"  {pattern}: {regex} writes {writable} of {valid}, an index of it ends: {seen[pattern][1]}")
expected = {"b": (["b"], True), "^b": ([], False), "b$": ([], False), "^b$": (["b"], True)}
sys.exit(seen != expected)
PYTHON
