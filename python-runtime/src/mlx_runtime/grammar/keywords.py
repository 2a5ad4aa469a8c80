"""Which keywords of JSON Schema llguidance obeys.

It refuses those of the schema's own draft that it does not know, and passes
over all others, also misspelt ones and those of another draft. Here they are
all refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from .ecmascript import to_rust
from .faults import InvalidGrammar
from .formats import spell_out_format

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
_NAMES = frozenset({"$anchor", "$defs", "definitions", "$schema", "$id", "id"})
"""What `$ref` goes by."""

_NOTES = frozenset(
    {
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
"""Say something about a value and nothing about which values there are. They are left
out of what is compiled, so that no reference leads to what was not looked at."""

_SCHEMAS = ("items", "additionalItems", "additionalProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems", "items")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")


def make_obeyed(schema: object) -> None:
    """Changes a schema in place to one that says the same in keywords that are obeyed.

    Raises InvalidGrammar for the first keyword that would not be obeyed.
    """
    waiting: list[tuple[str, object]] = [("#", schema)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, bool):
            continue
        if not isinstance(part, dict):
            raise InvalidGrammar(f"{path} is not a schema")
        keywords = cast("dict[str, Any]", part)
        for keyword in keywords.keys() & _NOTES:
            del keywords[keyword]
        for keyword in keywords:
            if keyword not in _OBEYED and keyword not in _NAMES:
                raise InvalidGrammar(f"{path}: the keyword '{keyword}' is not supported")
        _translate_patterns(keywords)
        spell_out_format(path, keywords)
        waiting.extend(_parts(path, keywords))


def _translate_patterns(keywords: dict[str, Any]) -> None:
    if isinstance(pattern := keywords.get("pattern"), str):
        keywords["pattern"] = to_rust(pattern)
    if isinstance(by_name := keywords.get("patternProperties"), dict):
        named = cast("dict[str, object]", by_name)
        keywords["patternProperties"] = {to_rust(name): part for name, part in named.items()}


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
