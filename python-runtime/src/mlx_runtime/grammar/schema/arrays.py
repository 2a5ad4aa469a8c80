"""Arrays: elements that a schema names by their place, and others behind them."""

from __future__ import annotations

from typing import Any

from .conjunction import Conjunction, Impossible, schemas
from .constraints import Parts, bounds
from .parts_writer import PartsWriter
from .vocabulary import REST_ITEMS, SILENT


class Arrays:
    def __init__(self, writer: PartsWriter) -> None:
        self._writer = writer

    def rule(self, parts: Parts) -> str:
        """Raises Impossible."""
        writer = self._writer
        least, most = bounds(parts, "minItems", "maxItems")
        self._tell_unheld(parts, most)
        places = max(len(_by_place(part)) for part in parts) if parts else 0
        elements: list[str] = []
        for place in range(min(places, places if most is None else most)):
            value = self._value(parts, place)
            if value is None:
                most = place
                break
            elements.append(value)
        other = self._value(parts, None) if most is None or most > len(elements) else None
        if other is None:
            most = min(len(elements), most if most is not None else len(elements))
        if most is not None and most < least:
            raise Impossible
        tail = self._tail(other, len(elements), least, most)
        for place in reversed(range(len(elements))):
            tail = self._before(elements[place], place, least, tail)
        rule = f"{writer.opening('[')} {tail} {writer.closing(']')}"
        return writer.rules.rule(rule, [[tail]])

    def _value(self, parts: Parts, place: int | None) -> str | None:
        try:
            return self._writer.value(element_of(parts, place))
        except Impossible:
            return None

    def _tail(self, other: str | None, named: int, least: int, most: int | None) -> str:
        writer = self._writer
        if other is None:
            return writer.rules.rule('""')
        most = None if most is None else most - named
        return writer.listed(other, max(0, least - named), most, first=named == 0)

    def _before(self, element: str, place: int, least: int, tail: str) -> str:
        comma = f"{self._writer.comma} " if place else ""
        written = f"{comma}{element} {tail}"
        needs = [[element, tail]]
        if place < least:
            return self._writer.rules.rule(written, needs)
        return self._writer.rules.rule(f'{written} | ""', [*needs, []])

    def _tell_unheld(self, parts: Parts, most: int | None) -> None:
        for part in parts:
            if part.get("uniqueItems") is True and (most is None or most > 1):
                self._writer.tell(part, "uniqueItems")
            if part.get("contains") is None:
                continue
            if part.get("minContains") != 0 or any(REST_ITEMS in each for each in parts):
                self._writer.tell(part, "contains")
            elif "maxContains" in part:
                self._writer.tell(part, "maxContains")


def _evaluates(part: dict[str, Any], place: int | None) -> bool:
    """True where a part says something of the element in a place."""
    if SILENT in part:
        return False
    return bool(_behind(part)) or (place is not None and place < len(_by_place(part)))


def _by_place(part: dict[str, Any]) -> list[Any]:
    named = part.get("prefixItems")
    if not isinstance(named, list):
        named = part.get("items")
    return list(schemas(named))


def _behind(part: dict[str, Any]) -> list[Any]:
    items = part.get("items")
    if isinstance(items, list):
        items = part.get("additionalItems")
    return [] if items is None else [items]


def element_of(parts: Parts, place: int | None) -> Conjunction:
    """What is said of the element in a place; None: behind all that are named."""
    found: list[Any] = []
    for part in parts:
        named = _by_place(part)
        if place is not None and place < len(named):
            found.append(named[place])
        else:
            found += _behind(part)
            if REST_ITEMS in part and not any(_evaluates(each, place) for each in parts):
                found.append(part[REST_ITEMS])
    if any(each is False for each in found):
        raise Impossible
    return tuple(schemas(found))
