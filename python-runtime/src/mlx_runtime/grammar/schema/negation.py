"""The schema of all values that do not follow another, as far as there is one.

Every answer follows only values that were meant; some of them may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, cast

from .document import Document
from .patterns import Unheld
from .vocabulary import NAMES, NOT_FOUND, NOT_IN, NOTES, SILENT

_TYPES = ("null", "boolean", "number", "string", "array", "object")
_MOST = 64
_DEPTH = 16

Alternatives = Sequence[tuple[Any, ...]]
"""Conjunctions, one of which is followed."""


def negated(schema: Any, document: Document, depth: int = 0) -> Alternatives | None:
    """None where it cannot be said."""
    if isinstance(schema, bool):
        return [] if schema else [()]
    if not isinstance(schema, dict) or depth > _DEPTH:
        return None
    keywords = cast("dict[str, Any]", schema)
    if document.is_reference(keywords):
        return _reference(keywords["$ref"], keywords, document, depth + 1)
    found: list[tuple[Any, ...]] = []
    for keyword, value in keywords.items():
        if keyword in NOTES or keyword in NAMES or keyword.startswith("x-"):
            continue
        make = _BY_KEYWORD.get(keyword)
        alternatives = None if make is None else make(value, keywords, document, depth + 1)
        if alternatives is None:
            return None
        found += alternatives
    return found if len(found) <= _MOST else None


_Make = Callable[[Any, dict[str, Any], Document, int], Alternatives | None]


def _one(type: str | Sequence[str], **keywords: Any) -> Alternatives:
    return [({SILENT: True, "type": type, **keywords},)]


def _type(value: Any, *_: Any) -> Alternatives | None:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return None
    meant = {"number" if name == "integer" else name for name in cast("list[str]", names)}
    left = [name for name in _TYPES if name not in meant]
    return _one(left) if left else []


def _enum(value: Any, *_: Any) -> Alternatives | None:
    if not isinstance(value, list):
        return None
    values = cast("list[Any]", value)
    if any(isinstance(each, list | dict) for each in values):
        return None
    return [({SILENT: True, NOT_IN: values},)]


def _const(value: Any, *_: Any) -> Alternatives | None:
    return _enum([value])


def _not(value: Any, *_: Any) -> Alternatives | None:
    return [(value,)]


def _pattern(value: Any, *_: Any) -> Alternatives | None:
    return _one("string", **{NOT_FOUND: value})


def _required(value: Any, *_: Any) -> Alternatives | None:
    if not isinstance(value, list):
        return None
    return [
        ({SILENT: True, "type": "object", "properties": {name: False}},)
        for name in cast("list[Any]", value)
    ]


def _properties(value: Any, _: Any, document: Document, depth: int) -> Alternatives | None:
    if not isinstance(value, dict):
        return None
    found: list[tuple[Any, ...]] = []
    for name, schema in cast("dict[str, Any]", value).items():
        alternatives = negated(schema, document, depth)
        if alternatives is None:
            return None
        for each in alternatives:
            member = {"allOf": list(each)} if each else True
            found += _one("object", required=[name], properties={name: member})
    return found


def _any_of(value: Any, _: Any, document: Document, depth: int) -> Alternatives | None:
    if not isinstance(value, list):
        return None
    each: list[Alternatives] = []
    size = 1
    for schema in cast("list[Any]", value):
        alternatives = negated(schema, document, depth)
        size *= len(alternatives or ())
        if alternatives is None or size > _MOST:
            return None
        each.append(alternatives)
    return [tuple(part for chosen in choice for part in chosen) for choice in product(*each)]


def _all_of(value: Any, _: Any, document: Document, depth: int) -> Alternatives | None:
    found: list[tuple[Any, ...]] = []
    for schema in cast("list[Any]", value) if isinstance(value, list) else ():
        alternatives = negated(schema, document, depth)
        if alternatives is None:
            return None
        found += alternatives
    return found


def _reference(value: Any, within: dict[str, Any], document: Document, depth: int):
    try:
        return negated(document.resolve(value, within), document, depth)
    except Unheld:
        return None


def _bound(type: str, keyword: str, step: int = 0) -> _Make:
    def make(value: Any, *_: Any) -> Alternatives | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return _one(type, **{keyword: value + step}) if value + step >= 0 or not step else []

    return make


_BY_KEYWORD: dict[str, _Make] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "required": _required,
    "properties": _properties,
    "anyOf": _any_of,
    "allOf": _all_of,
    "$ref": _reference,
    "not": _not,
    "pattern": _pattern,
    "minimum": _bound("number", "exclusiveMaximum"),
    "maximum": _bound("number", "exclusiveMinimum"),
    "exclusiveMinimum": _bound("number", "maximum"),
    "exclusiveMaximum": _bound("number", "minimum"),
    "minLength": _bound("string", "maxLength", -1),
    "maxLength": _bound("string", "minLength", 1),
    "minItems": _bound("array", "maxItems", -1),
    "maxItems": _bound("array", "minItems", 1),
    "minProperties": _bound("object", "maxProperties", -1),
    "maxProperties": _bound("object", "minProperties", 1),
}
