"""The public JSON Schema Test Suite.

`json-schema-test-suite` has two drafts of github.com/json-schema-org/JSON-Schema-Test-Suite
as of its commit 44401e0, unchanged, under its own licence (MIT).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_ROOT = Path(__file__).parent / "json-schema-test-suite" / "tests"
_DRAFT_7 = "http://json-schema.org/draft-07/schema#"


class Instance(NamedTuple):
    name: str
    value: Any
    valid: bool


class Case(NamedTuple):
    draft: str
    name: str
    """File and description."""
    schema: Any
    instances: tuple[Instance, ...]


def read_suite() -> Iterator[Case]:
    for path in sorted(_ROOT.rglob("*.json")):
        draft, *inside = path.relative_to(_ROOT).parts
        for group in json.loads(path.read_text(encoding="utf-8")):
            name = f"{'/'.join(inside)[: -len('.json')]}: {group['description']}"
            tests = (
                Instance(f"{name}: {test['description']}", test["data"], test["valid"])
                for test in group["tests"]
            )
            yield Case(draft, name, _in_draft(group["schema"], draft), tuple(tests))


def _in_draft(schema: Any, draft: str) -> Any:
    """The suite's own schemas of the older draft do not say that they are."""
    if draft != "draft7" or not isinstance(schema, dict):
        return schema
    return {"$schema": _DRAFT_7, **schema}
