"""How a function's parameters are written where each argument has tags of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from ..grammar.json_schema import JSON_OPTIONS
from .text_value import is_text

_UNDERSTOOD = frozenset(
    {"type", "properties", "required", "additionalProperties", "$schema", "$defs", "definitions"}
)
_NAME = re.compile(r"[\w.-]+")
_DEFINITIONS = ("$defs", "definitions")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    schema: dict[str, Any]
    required: bool
    is_text: bool
    """True: its value is a string and written as it is; False: written as JSON."""


def parameters_of(arguments: dict[str, Any]) -> Sequence[Parameter] | None:
    """In the order of the schema, which is obeyed already; None: they cannot be told one by one.

    Parameters that the schema allows and does not name are not written.
    """
    properties: Any = arguments.get("properties", {})
    required: Any = arguments.get("required", ())
    if not (arguments.keys() - {"x-guidance"} <= _UNDERSTOOD and set(required) <= set(properties)):
        return None
    definitions = {name: arguments[name] for name in _DEFINITIONS if name in arguments}
    if any(map(_refers_elsewhere, (properties, definitions))):
        return None
    found: list[Parameter] = []
    for name, declared in cast("dict[str, Any]", properties).items():
        resolved = _resolved(declared, definitions)
        if _NAME.fullmatch(name) is None or not isinstance(resolved, dict):
            return None
        schema = cast("dict[str, Any]", resolved)
        text = is_text(schema)
        if text is None:
            return None
        whole = schema if text else {**schema, **definitions, "x-guidance": JSON_OPTIONS}
        found.append(Parameter(name, whole, name in required, text))
    return found


def _resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """What a schema that is a reference and nothing else refers to."""
    for _ in range(8):
        if not isinstance(schema, dict) or set(cast("dict[str, Any]", schema)) != {"$ref"}:
            return cast(Any, schema)
        _, group, *names = str(cast(Any, schema)["$ref"]).split("/")
        target = definitions.get(group, {}).get("/".join(names))
        if target is None:
            break
        schema = target
    return cast(Any, schema)


def _refers_elsewhere(part: Any) -> bool:
    """True when a reference leads to what is neither in `$defs` nor in `definitions`."""
    if isinstance(part, list):
        return any(map(_refers_elsewhere, cast("list[Any]", part)))
    if not isinstance(part, dict):
        return False
    keywords = cast("dict[str, Any]", part)
    target = keywords.get("$ref")
    if isinstance(target, str) and not target.startswith(("#/$defs/", "#/definitions/")):
        return True
    return any(map(_refers_elsewhere, keywords.values()))
