"""Rules for numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .conjunction import Impossible, Tells
from .constraints import Parts, excluded_values, number_range
from .numbers import ANY_INTEGER, ANY_NUMBER, NumberRange, integers, number_texts
from .rules import Rules
from .vocabulary import NOT_IN


class NumberRules:
    def __init__(self, rules: Rules, tell: Tells, options: dict[str, Any]) -> None:
        """`options`: of llguidance's own `%json`."""
        self._rules = rules
        self._tell = tell
        self._options = options

    def rule(self, parts: Parts, *, integer: bool) -> str:
        """The name of a rule; raises Impossible."""
        return self._rules.rule(self._expression(parts, integer=integer))

    def _expression(self, parts: Parts, *, integer: bool) -> str:
        found = number_range(parts, self._tell, integer=integer)
        excluded = {each for each in excluded_values(parts) if _is_number(each)}
        digits = integers(*found.integer_bounds())
        if excluded:
            if digits and not found.multiples_of and not _hold_all(excluded, found):
                return self._without(digits, excluded)
            if integer and _hold_all(excluded, found):
                raise Impossible
            self._tell_of(parts, NOT_IN, "not", "beside a multiple, or among fractions alone")
        if found.is_far and found.multiples_of:
            self._tell_of(parts, "multipleOf", "multipleOf", "too far from zero")
            found = replace(found, multiples_of=())
        if found.is_plain:
            return self._rules.terminal(f"/{ANY_INTEGER if integer else ANY_NUMBER}/")
        if (integer or found.is_far) and not found.multiples_of:
            if digits is None:
                raise Impossible
            return self._rules.terminal(f"/{digits}/")
        schema = {**found.as_schema(), "x-guidance": self._options}
        return self._rules.rule(f"%json {json.dumps(schema)}")

    def _without(self, digits: str, excluded: Iterable[float | int]) -> str:
        """Whole numbers only where a fraction could be written in two ways."""
        others = "|".join(text for value in excluded for text in number_texts(value))
        return self._rules.terminal(f"/{digits}/ & ~/(?:{others.replace('.', '[.]')})/")

    def _tell_of(self, parts: Parts, name: str, keyword: str, why: str) -> None:
        self._tell(next(part for part in parts if name in part), keyword, why)


def _hold_all(values: set[float | int], found: NumberRange) -> bool:
    """True where every whole number of a range is among some values."""
    least, greatest = found.integer_bounds()
    if least is None or greatest is None or greatest - least >= len(values):
        return False
    return values.issuperset(range(least, greatest + 1))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
