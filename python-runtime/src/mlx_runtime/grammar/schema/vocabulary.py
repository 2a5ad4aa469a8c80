"""The keywords of JSON Schema, and what is made of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, cast

NOT_IN = "\0not in"
"""Values that are not meant; made from `not`."""
NOT_FOUND = "\0not found"
"""A pattern that is not found; made from `not`."""
REST = "\0rest"
REST_ITEMS = "\0rest items"
"""`unevaluated...` of a schema whose neighbours are all known."""
SILENT = "\0silent"
"""Marks a made schema that evaluates nothing."""

COMBINING = frozenset(
    {
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "unevaluatedProperties",
        "unevaluatedItems",
    }
)
PLAIN = frozenset(
    {
        "const",
        "enum",
        "type",
        "items",
        "additionalItems",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "properties",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
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
        NOT_IN,
        NOT_FOUND,
        REST,
        REST_ITEMS,
        SILENT,
    }
)
NAMES = frozenset(
    {
        "$schema",
        "$id",
        "id",
        "$anchor",
        "$dynamicAnchor",
        "$recursiveAnchor",
        "$defs",
        "definitions",
        "$comment",
        "$vocabulary",
    }
)
NOTES = frozenset(
    {
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "readonly",
        "nullable",
        "discriminator",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "externalDocs",
        "xml",
        "name",
        "links",
        "enumNames",
        "enumDescriptions",
        "options",
        "order",
        "constraints",
        "requires",
    }
)
"""Words that often stand in schemas and say nothing about which values there are."""

_ASSERTING = sorted(
    name for name in (COMBINING | PLAIN) - {"not", "if", "then", "else"} if name[0] not in "$\0"
)
_KNOWN = COMBINING | PLAIN | NAMES | NOTES


def misspelt(keywords: Iterable[str]) -> tuple[str, str] | None:
    """A word that is no keyword and nearly one, and which."""
    for keyword in keywords:
        if keyword not in _KNOWN and (meant := _meant(keyword)) is not None:
            return keyword, meant
    return None


@lru_cache(maxsize=4096)
def _meant(word: str) -> str | None:
    """The keyword that a word nearly is."""
    if word.startswith(("x-", "$")):
        return None
    near = get_close_matches(word, _ASSERTING, 1, 0.87)
    lowered = [name for name in _ASSERTING if name.lower() == word.lower()]
    return next(iter(lowered or near), None)


_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_LISTS = ("enum", "required", "anyOf", "allOf", "oneOf", "prefixItems")
_OBJECTS = ("properties", "patternProperties", "dependentRequired", "dependentSchemas")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


def malformed(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """A keyword whose value says nothing in JSON Schema, and what it would have to be.

    A null counts as left out, as generators of schemas write it.
    """
    said = schema.get("type")
    if said is not None:
        names = cast("list[object]", said if isinstance(said, list) else [said])
        if not names or not all(isinstance(name, str) and name in _TYPES for name in names):
            return "type", "is no type of JSON"
    kinds: list[tuple[tuple[str, ...], type | tuple[type, ...], str]] = [
        (_LISTS, list, "a list"),
        (_OBJECTS, dict, "an object"),
        (_COUNTS, (int, float), "a number"),
        # Older dialects have booleans for whether a border is meant.
        (_NUMBERS, (int, float), "a number"),
    ]
    for keywords, kind, words in kinds:
        for keyword in keywords:
            value = schema.get(keyword)
            if value is not None and not isinstance(value, kind):
                return keyword, f"has to be {words}"
    return None
