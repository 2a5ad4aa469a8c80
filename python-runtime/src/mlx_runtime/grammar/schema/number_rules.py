"""Rules for numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .conjunction import Impossible, Tells
from .constraints import Parts, excluded_values, number_range
from .numbers import ANY_INTEGER, ANY_NUMBER, NumberRange, integers, number_texts
from .rules import Rules


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
        excluded = [each for each in excluded_values(parts) if _is_number(each)]
        if excluded:
            return self._without(found, excluded)
        if found.is_plain:
            return self._rules.terminal(f"/{ANY_INTEGER if integer else ANY_NUMBER}/")
        if (integer or found.is_far) and not found.multiples_of:
            digits = integers(*found.integer_bounds())
            if digits is None:
                raise Impossible
            return self._rules.terminal(f"/{digits}/")
        if found.is_far:
            raise Impossible
        schema = {**found.as_schema(), "x-guidance": self._options}
        return self._rules.rule(f"%json {json.dumps(schema)}")

    def _without(self, found: NumberRange, excluded: Sequence[float | int]) -> str:
        """Whole numbers only where a fraction could be written in two ways."""
        least, greatest = found.integer_bounds()
        if least is not None and greatest is not None and greatest - least < len(excluded):
            excluded_values = set(excluded)
            if excluded_values.issuperset(range(least, greatest + 1)):
                raise Impossible
        digits = integers(least, greatest)
        if digits is None or found.multiples_of:
            raise Impossible
        others = "|".join(text for value in excluded for text in number_texts(value))
        return self._rules.terminal(f"/{digits}/ & ~/(?:{others.replace('.', '[.]')})/")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
