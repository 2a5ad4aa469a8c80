"""Which keywords of JSON Schema llguidance obeys.

It refuses those of the schema's own draft that it does not know, and passes
over all others, also misspelt ones and those of another draft. Here they are
all refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from .faults import InvalidGrammar

_OBEYED = frozenset(
    {
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "const",
        "enum",
        "type",
        "items",
        "additionalItems",
        "prefixItems",
        "minItems",
        "maxItems",
        "properties",
        "additionalProperties",
        "patternProperties",
        "required",
        "minProperties",
        "maxProperties",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    }
)
_NOTES = frozenset(
    {
        "$anchor",
        "$defs",
        "definitions",
        "$schema",
        "$id",
        "id",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "contentMediaType",
        "contentEncoding",
    }
)
"""Say something about a value and nothing about which values there are."""

_SCHEMAS = ("items", "additionalItems", "additionalProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems", "items")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")


def check_keywords(schema: object) -> None:
    """Raises InvalidGrammar for the first keyword that would not be obeyed."""
    waiting: list[tuple[str, object]] = [("#", schema)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, bool):
            continue
        if not isinstance(part, dict):
            raise InvalidGrammar(f"{path} is not a schema")
        keywords = cast("dict[str, Any]", part)
        for keyword in keywords:
            if keyword not in _OBEYED and keyword not in _NOTES:
                raise InvalidGrammar(f"{path}: the keyword '{keyword}' is not supported")
        waiting.extend(_parts(path, keywords))


def _parts(path: str, keywords: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The schemas inside one, with where they are."""
    for name in _MAPS:
        if isinstance(entries := keywords.get(name), dict):
            for key, part in cast("dict[str, object]", entries).items():
                yield f"{path}/{name}/{key}", part
    for name in _LISTS:
        if isinstance(entries := keywords.get(name), list):
            for index, part in enumerate(cast("list[object]", entries)):
                yield f"{path}/{name}/{index}", part
    for name in _SCHEMAS:
        if name in keywords and not isinstance(keywords[name], list):
            yield f"{path}/{name}", keywords[name]
