"""Whether a value follows a conjunction, and whether any can."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, cast

from .arrays import element_of
from .conjunction import Conjunction, Flat, Flattening, Impossible, Tells, schemas, texts
from .constraints import (
    Parts,
    StringLimits,
    bounds,
    excluded_values,
    key_of,
    number_range,
    schemas_of_member,
    string_limits,
    types_of,
    values_of,
)
from .emptiness import Emptiness
from .languages import matches, texts_with
from .patterns import Unheld

_LISTS = frozenset({"const", "enum"})
_MOST_PAIRS = 2000
_DEPTH = 3
_TYPES = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def _ignore(part: dict[str, Any], keyword: str, why: str = "") -> None:
    """What is not held is told where it is written."""


class Fitting:
    def __init__(self, flattening: Flattening, tell: Tells) -> None:
        self._flattening = flattening
        self._tell = tell
        self._emptiness = Emptiness()

    def fits(self, value: Any, conjunction: Conjunction) -> bool:
        """As far as a grammar can tell."""
        try:
            flat = self._flattening.flatten(conjunction)
        except Impossible:
            return False
        if flat.choices:
            return any(self.fits(value, each) for each in self._flattening.branches(flat))
        return self._follows(value, flat.parts)

    def fitting(self, values: Sequence[Any], parts: Parts) -> list[Any]:
        """Those of the values that `const` and `enum` leave that follow all else that is said."""
        said = [{key: part[key] for key in part if key not in _LISTS} for part in parts]
        others = [part for part in said if part]
        if not others:
            return list(values)
        return [value for value in values if self._follows(value, others)]

    def _follows(self, value: Any, parts: Parts) -> bool:
        try:
            return self._fits(value, parts)
        except Impossible:
            return False

    def tell_overlaps(self, flat: Flat) -> None:
        """Of `oneOf`, whose members must not overlap to be held."""
        for branches, part, _ in flat.exclusive:
            if len(branches) * (len(branches) - 1) > 2 * _MOST_PAIRS or any(
                self.is_possible((*flat.parts, *one, *other))
                for one, other in combinations(branches, 2)
            ):
                self._tell(part, "oneOf", "more than one of its members can be followed")

    def is_possible(self, conjunction: Conjunction, depth: int = _DEPTH) -> bool:
        """False where it is certain that no value follows."""
        try:
            flat = self._flattening.flatten(conjunction)
            if flat.choices:
                branches = self._flattening.branches(flat)
                return any(self.is_possible(each, depth) for each in branches)
            values = values_of(flat.parts)
            if values is not None:
                return bool(self.fitting(values, flat.parts))
            return any(self._can_be(name, flat.parts, depth) for name in types_of(flat.parts))
        except Impossible:
            return False

    def has_texts(self, limits: StringLimits) -> bool:
        """False where it is certain that no string keeps to them."""
        return not limits.are_empty(self._emptiness)

    def _fits(self, value: Any, parts: Parts) -> bool:
        kind = "null" if value is None else _TYPES[type(value)]
        types = types_of(parts)
        integer = kind == "number" and "integer" in types
        if not (kind in types or integer) or not _is_listed(value, parts):
            return False
        match value:
            case str():
                return string_limits(parts, _ignore).allow(value)
            case bool() | None:
                return True
            case int() | float():
                return number_range(parts, _ignore, integer=integer).allows(value)
            case list():
                return self._array_fits(cast("list[Any]", value), parts)
            case _:
                return self._object_fits(value, parts)

    def _array_fits(self, value: list[Any], parts: Parts) -> bool:
        least, most = bounds(parts, "minItems", "maxItems")
        if not least <= len(value) <= (len(value) if most is None else most):
            return False
        if any(part.get("uniqueItems") is True for part in parts) and len(
            {key_of(each) for each in value}
        ) < len(value):
            return False
        return all(self.fits(each, element_of(parts, place)) for place, each in enumerate(value))

    def _object_fits(self, value: dict[str, Any], parts: Parts) -> bool:
        least, most = bounds(parts, "minProperties", "maxProperties")
        if not least <= len(value) <= (len(value) if most is None else most):
            return False
        if any(name not in value for part in parts for name in texts(part.get("required"))):
            return False
        for name, each in value.items():
            said = [s for part in parts for s in schemas_of_member(part, name, _is_found)]
            about = [part["propertyNames"] for part in parts if "propertyNames" in part]
            if not self.fits(each, tuple(said)) or not self.fits(name, tuple(schemas(about))):
                return False
        return True

    def _can_be(self, name: str, parts: Parts, depth: int) -> bool:
        try:
            match name:
                case "string":
                    return self.has_texts(string_limits(parts, _ignore))
                case "number" | "integer":
                    number_range(parts, _ignore, integer=name == "integer")
                case "array":
                    bounds(parts, "minItems", "maxItems")
                case "object":
                    return self._object_is_possible(parts, depth)
                case "boolean":
                    return not {True, False} <= _booleans(excluded_values(parts))
                case _:
                    return None not in excluded_values(parts)
        except Impossible:
            return False
        return True

    def _object_is_possible(self, parts: Parts, depth: int) -> bool:
        bounds(parts, "minProperties", "maxProperties")
        if depth == 0:
            return True
        required = {name for part in parts for name in texts(part.get("required"))}
        return all(
            self.is_possible(
                tuple(s for part in parts for s in schemas_of_member(part, name, _is_found)),
                depth - 1,
            )
            for name in required
        )


def _is_listed(value: Any, parts: Parts) -> bool:
    values = values_of(parts)
    if values is not None and key_of(value) not in {key_of(each) for each in values}:
        return False
    return key_of(value) not in {key_of(each) for each in excluded_values(parts)}


def _booleans(values: Sequence[Any]) -> set[bool]:
    return {value for value in values if isinstance(value, bool)}


def _is_found(pattern: str, name: str) -> bool:
    try:
        return matches(texts_with(pattern), name)
    except Unheld:
        return False
