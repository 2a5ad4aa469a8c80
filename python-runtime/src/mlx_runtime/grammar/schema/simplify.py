"""Schemas without the words that say nothing about which values there are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

from .formats import UNHELD, format_texts
from .vocabulary import COMBINING, NAMES, PLAIN

_KEPT = (COMBINING | PLAIN | {"$defs", "definitions", "$anchor", "$id", "id"}) - (NAMES & PLAIN)
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems", "items")
_SINGLE = ("items", "additionalItems", "additionalProperties", "not", "if", "then", "else")
_EMPTY: dict[str, tuple[Any, ...]] = {
    "uniqueItems": (False,),
    "propertyNames": (True, {}, {"type": "string"}),
    "minLength": (0,),
    "minItems": (0,),
    "minProperties": (0,),
    "required": ([],),
}
"""Values that say nothing."""


def simplified(schema: dict[str, Any]) -> dict[str, Any]:
    """A copy; null stands for nothing said. Raises RecursionError."""
    made = deepcopy(schema)
    waiting: list[Any] = [made]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict):
            continue
        keywords = cast("dict[str, Any]", part)
        for keyword in list(keywords):
            if _says_nothing(keyword, keywords):
                del keywords[keyword]
        waiting.extend(_parts(keywords))
    return made


def _says_nothing(keyword: str, schema: dict[str, Any]) -> bool:
    value = schema[keyword]
    if keyword not in _KEPT or (value is None and keyword != "const"):
        return True
    if keyword == "format":
        if schema.get("type", "string") != "string" or not isinstance(value, str):
            return True
        return value not in UNHELD and format_texts(value) is None
    return value in _EMPTY.get(keyword, ())


def _parts(schema: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name in _MAPS:
        if isinstance(entries := schema.get(name), dict):
            found.extend(cast("dict[str, Any]", entries).values())
    for name in _LISTS:
        if isinstance(entries := schema.get(name), list):
            found.extend(cast("list[Any]", entries))
    return found + [schema[name] for name in _SINGLE if name in schema]
