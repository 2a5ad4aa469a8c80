#!/usr/bin/env bash
# behaviour: many JSON schemas that zod writes are none that llguidance takes. It refuses each "format" it does
# not know, though the "pattern" beside it says all of it, and zod writes formats that no JSON Schema
# has: for startsWith, includes and uppercase, for base64 and cuid2. A record fails on "propertyNames",
# a duration and a host name on look-aheads, and float32 on the bounds of its own type. "lenient" in
# "x-guidance" takes what it can ignore, and a record's keys are then held to nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'llguidance==1.9.1'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit zod@4.6.7
cat >schemas.mjs <<'JAVASCRIPT'
import { z } from 'zod';

const schemas = {
  email: z.email(),
  startsWith: z.string().startsWith('a'),
  includes: z.string().includes('a'),
  uppercase: z.string().uppercase(),
  base64: z.base64(),
  cuid2: z.cuid2(),
  record: z.record(z.enum(['a', 'b']), z.boolean()),
  duration: z.iso.duration(),
  hostname: z.hostname(),
  float32: z.float32(),
};
const written = Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema)]);
console.log(JSON.stringify(Object.fromEntries(written)));
JAVASCRIPT
node schemas.mjs >schemas.json
venv/bin/python - <<'PYTHON'
import json
import sys
from importlib.metadata import version
from pathlib import Path

from llguidance import LLMatcher, LLTokenizer

print("llguidance", version("llguidance"), "reading zod 4.6.7")
tokenizer = LLTokenizer("byte")


def matcher(schema):
    return LLMatcher(tokenizer, LLMatcher.grammar_from_json_schema(json.dumps(schema)))


def refusal(schema):
    made = matcher(schema)
    return made.get_error().splitlines()[0] if made.is_error() else None


schemas = json.loads(Path("schemas.json").read_text())
seen = {}
for name, schema in schemas.items():
    lenient = {**schema, "x-guidance": {"lenient": True}}
    seen[name] = (refusal(schema) is None, refusal(lenient) is None)
    print(f"  {name}: {refusal(schema) or 'taken'}; lenient: {refusal(lenient) or 'taken'}")
record = matcher({**schemas["record"], "x-guidance": {"lenient": True}})
foreign = list(b'{"a":true,"b":true,"c":true}')
free = record.try_consume_tokens(foreign) == len(foreign)
print("  the lenient record takes another key:", free)
never, only_lenient = ("duration", "hostname", "float32"), (False, True)
expected = {name: (False, False) if name in never else only_lenient for name in seen}
sys.exit(not (free and seen == {**expected, "email": (True, True)}))
PYTHON
