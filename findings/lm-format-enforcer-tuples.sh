#!/usr/bin/env bash
# behaviour: lm-format-enforcer, which takes schemas as Pydantic writes them, does not know Pydantic's tuples:
# "prefixItems" is skipped, and the list may hold any JSON at any place. Bounds and multiples of numbers
# are skipped as silently, whereas the length of a text and an enumeration are held. Further keys that
# have a schema, beside named ones, can not be written at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'lm-format-enforcer==0.11.3' 'pydantic==2.14.4'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version
from typing import Annotated, Literal

from lmformatenforcer import JsonSchemaParser
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

print(*(f"{name} {version(name)}" for name in ("lm-format-enforcer", "pydantic")))


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int]
    name: str


def writable(schema, text):
    parser = JsonSchemaParser(schema)
    for character in text:
        if character not in parser.get_allowed_characters():
            return False
        parser = parser.add_character(character)
    return parser.can_end()


def valid(adapter, text):
    try:
        adapter.validate_json(text)
    except ValidationError:
        return False
    return True


CASES = [
    (tuple[str, int], '["a",1]'),
    (tuple[str, int], '[true,{}]'),
    (Annotated[int, Field(ge=5)], "3"),
    (Annotated[int, Field(multiple_of=5)], "7"),
    (Open, '{"name":"a","size":1}'),
    (Annotated[str, Field(max_length=2)], '"abc"'),
    (Literal["a", "b"], '"c"'),
]
seen = []
for kind, text in CASES:
    adapter = TypeAdapter(kind)
    seen.append((valid(adapter, text), writable(adapter.json_schema(), text)))
    print(f"  {text}: valid {seen[-1][0]}, writable {seen[-1][1]} by {adapter.json_schema()}")
agreed, let_through, shut_out = (True, True), (False, True), (True, False)
refused = (False, False)
sys.exit(seen != [agreed, let_through, let_through, let_through, shut_out, refused, refused])
PYTHON
