"""The text that stands for a value where a grammar fixes the order of properties.

An object's properties come as its schema lists them and the others behind, a
listed value as it is listed, a number in decimal digits. Which text that is
depends on the schemas that the value follows: there can be several.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, cast

from mlx_runtime.grammar.schema.arrays import element_of
from mlx_runtime.grammar.schema.conjunction import (
    Conjunction,
    Flat,
    Flattening,
    Impossible,
    TooLarge,
    schemas,
    texts,
)
from mlx_runtime.grammar.schema.constraints import (
    Parts,
    key_of,
    mapping,
    schemas_of_member,
    values_of,
)
from mlx_runtime.grammar.schema.document import Document
from mlx_runtime.grammar.schema.fitting import Fitting
from mlx_runtime.grammar.schema.languages import matches, texts_with
from mlx_runtime.grammar.schema.patterns import Unheld
from mlx_runtime.grammar.schema.vocabulary import REST

_MOST_FORMS = 6
_FEW_WAYS = 8


def written_forms(value: Any, schema: Any) -> Iterator[str]:
    """JSON texts, the likeliest first; no two are the same.

    Numbers are spelt as the value's own are: `1.0` is another text than `1`, and
    dialects do not agree on whether it is a whole number.
    """
    told: set[str] = set()
    for pick in range(_MOST_FORMS):
        try:
            text = _Form(schema, pick).text(value, (schema,))
        except TooLarge:
            text = _Form(schema, pick, _FEW_WAYS).text(value, (schema,))
        if text not in told:
            told.add(text)
            yield text


class _Form:
    def __init__(self, schema: Any, pick: int, most_ways: int | None = None) -> None:
        """`pick`: which of the alternatives that a value follows is taken for its form."""
        self._pick = pick
        self._flattening = Flattening(Document(schema), _ignore, most_ways)
        self._fitting = Fitting(self._flattening, _ignore)

    def text(self, value: Any, conjunction: Conjunction) -> str:
        parts = self._parts(value, conjunction)
        listed = values_of(parts)
        same = [each for each in listed or () if key_of(each) == key_of(value)]
        if same:
            return _plain(same[0])
        match value:
            case list():
                inside = [
                    self.text(each, _element(parts, place))
                    for place, each in enumerate(cast("list[Any]", value))
                ]
                return f"[{', '.join(inside)}]"
            case dict():
                return self._object(cast("dict[str, Any]", value), parts)
            case _:
                return _plain(value)

    def _object(self, value: dict[str, Any], parts: Parts) -> str:
        names = [name for name in self._names(parts) if name in value]
        names += [name for name in value if name not in names]
        members = (
            f"{_plain(name)}: {self.text(value[name], _member(parts, name))}" for name in names
        )
        return f"{{{', '.join(members)}}}"

    def _names(self, parts: Parts) -> Sequence[str]:
        declared = [name for part in parts for name in mapping(part.get("properties"))]
        declared += [name for part in parts for name in texts(part.get("required"))]
        for about in (part.get("propertyNames") for part in parts):
            if isinstance(about, dict):
                listed = values_of(self._parts(None, (cast("dict[str, Any]", about),)))
                declared += [name for name in listed or () if isinstance(name, str)]
        return list(dict.fromkeys(declared))

    def _parts(self, value: Any, conjunction: Conjunction) -> Parts:
        """What is said of a value, with the alternatives that it follows."""
        try:
            flat = self._flattening.flatten(conjunction)
            while flat.choices:
                flat = self._flattening.flatten(self._branch(value, flat))
        except Impossible:
            return ()
        return flat.parts

    def _branch(self, value: Any, flat: Flat) -> Conjunction:
        branches = list(self._flattening.branches(flat))
        followed = [each for each in branches if self._fitting.fits(value, each)] or branches
        return followed[self._pick % len(followed)] if followed else ()


def _ignore(part: dict[str, Any], keyword: str, why: str = "") -> None:
    """What is not held has no say in how a value is written."""


def _element(parts: Parts, place: int) -> Conjunction:
    try:
        return element_of(parts, place)
    except Impossible:
        return ()


def _member(parts: Parts, name: str) -> Conjunction:
    found = [each for part in parts for each in schemas_of_member(part, name, _is_found)]
    found += schemas([part[REST] for part in parts if REST in part])
    return tuple(found)


def _is_found(pattern: str, name: str) -> bool:
    try:
        return matches(texts_with(pattern), name)
    except Unheld:
        return False


def _plain(value: Any) -> str:
    match value:
        case bool() | None | str() | int():
            return json.dumps(value, ensure_ascii=False)
        case float():
            return format(Decimal(repr(value)), "f")
        case list():
            return f"[{', '.join(map(_plain, cast('list[Any]', value)))}]"
        case _:
            members = cast("dict[str, Any]", value).items()
            return f"{{{', '.join(f'{_plain(name)}: {_plain(each)}' for name, each in members)}}}"
