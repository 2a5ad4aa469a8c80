"""The public JSON Schema Test Suite.

It is no part of this repository: `npm test` unpacks it once from the source archive of PyPI's
`jsonschema`, which ships it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_DEFAULT = Path(__file__).parents[3] / "node_modules" / ".mlx" / "json-schema-suite"
_ROOT = Path(os.environ.get("MLX_JSON_SCHEMA_SUITE", _DEFAULT)) / "tests"
_DRAFTS = ("draft2020-12", "draft7")
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
    paths = sorted(path for draft in _DRAFTS for path in (_ROOT / draft).rglob("*.json"))
    assert paths, f"no test suite in {_ROOT}: run `npm test -- --only python` once"
    for path in paths:
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
