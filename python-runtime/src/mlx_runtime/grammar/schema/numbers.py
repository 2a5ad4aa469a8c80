"""Ranges of numbers, as regular expressions of their decimal digits."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_CLOSE = 1e-9
EXACT = 10**15
"""Beyond it a double has hardly a digit behind the point left."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    integer: bool
    minimum: float | int | None = None
    maximum: float | int | None = None
    exclusive_minimum: float | int | None = None
    exclusive_maximum: float | int | None = None
    multiples_of: tuple[float | int, ...] = ()

    @property
    def is_plain(self) -> bool:
        return not self.multiples_of and (
            self.minimum is self.maximum is self.exclusive_minimum is self.exclusive_maximum is None
        )

    @property
    def is_far(self) -> bool:
        """True where hardly a number has a digit behind the point."""
        lows = (self.minimum, self.exclusive_minimum)
        highs = (self.maximum, self.exclusive_maximum)
        return any(each is not None and each >= EXACT for each in lows) or any(
            each is not None and each <= -EXACT for each in highs
        )

    @property
    def is_empty(self) -> bool:
        lows = [each for each in (self.minimum, self.exclusive_minimum) if each is not None]
        highs = [each for each in (self.maximum, self.exclusive_maximum) if each is not None]
        if not lows or not highs:
            return False
        low, high = max(map(_exact, lows)), min(map(_exact, highs))
        without_low = self.exclusive_minimum is not None and low == _exact(self.exclusive_minimum)
        without_high = self.exclusive_maximum is not None and high == _exact(self.exclusive_maximum)
        unit = self._unit()
        if unit is None:
            return low > high or (low == high and (without_low or without_high))
        first = math.floor(low / unit) + 1 if without_low else math.ceil(low / unit)
        last = math.ceil(high / unit) - 1 if without_high else math.floor(high / unit)
        return first > last

    def _unit(self) -> Fraction | None:
        """The numbers are its multiples; None: all are."""
        units = [*map(_exact, self.multiples_of), *([Fraction(1)] if self.integer else [])]
        if not units:
            return None
        return Fraction(
            math.lcm(*(each.numerator for each in units)),
            math.gcd(*(each.denominator for each in units)),
        )

    def integer_bounds(self) -> tuple[int | None, int | None]:
        """Least and greatest whole number."""
        lows: list[int] = []
        highs: list[int] = []
        if self.minimum is not None:
            lows.append(math.ceil(self.minimum))
        if self.exclusive_minimum is not None:
            lows.append(math.floor(self.exclusive_minimum) + 1)
        if self.maximum is not None:
            highs.append(math.floor(self.maximum))
        if self.exclusive_maximum is not None:
            highs.append(math.ceil(self.exclusive_maximum) - 1)
        return max(lows, default=None), min(highs, default=None)

    def allows(self, value: float) -> bool:
        if self.integer and value != int(value):
            return False
        return (
            (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
            and (self.exclusive_minimum is None or value > self.exclusive_minimum)
            and (self.exclusive_maximum is None or value < self.exclusive_maximum)
            and all(_is_multiple(value, unit) for unit in self.multiples_of)
        )

    def as_schema(self) -> dict[str, Any]:
        """For llguidance's own `%json`, which knows fractions and multiples; bounds that are too
        large for it leave out what is beyond."""
        schema: dict[str, Any] = {"type": "integer" if self.integer else "number"}
        for name, bound in (
            ("minimum", self.minimum),
            ("maximum", self.maximum),
            ("exclusiveMinimum", self.exclusive_minimum),
            ("exclusiveMaximum", self.exclusive_maximum),
        ):
            if bound is not None:
                schema[name] = max(-EXACT, min(EXACT, bound))
        if self.multiples_of:
            schema["multipleOf"] = self.multiples_of[0]
        if len(self.multiples_of) > 1:
            schema["allOf"] = [{"multipleOf": unit} for unit in self.multiples_of[1:]]
        return schema


def _exact(value: float) -> Fraction:
    """As it is written in decimal digits."""
    return Fraction(repr(value))


def _is_multiple(value: float, unit: float) -> bool:
    if unit == 0:
        return False
    if isinstance(value, int) and isinstance(unit, int):
        return value % unit == 0
    quotient = value / unit
    return math.isfinite(quotient) and abs(quotient - round(quotient)) < _CLOSE


def integers(least: int | None, greatest: int | None) -> str | None:
    """The decimal digits of whole numbers in a range; None: there are none."""
    if least is not None and greatest is not None and least > greatest:
        return None
    forms: list[str] = []
    if least is None or least < 0:
        negative = _naturals(max(1, -greatest) if greatest is not None else 1, _negated(least))
        forms.append(f"-(?:{negative})")
    if greatest is None or greatest >= 0:
        forms.append(_naturals(max(0, least or 0), greatest))
    return f"(?:{'|'.join(forms)})"


def _negated(bound: int | None) -> int | None:
    return None if bound is None else -bound


def _naturals(least: int, greatest: int | None) -> str:
    """Whole numbers from 0 on."""
    if greatest is None:
        digits = len(str(least))
        longer = f"[1-9][0-9]{{{digits},}}"
        if least == 0:
            return "0|[1-9][0-9]*"
        return f"{_naturals(least, 10**digits - 1)}|{longer}"
    forms: list[str] = []
    begin = least
    while begin <= greatest:
        end = min(greatest, 10 ** len(str(begin)) - 1)
        forms.append(_same_length(str(begin), str(end)))
        begin = end + 1
    return "|".join(forms)


def _same_length(least: str, greatest: str) -> str:
    if not least:
        return ""
    if least[0] == greatest[0]:
        return least[0] + _same_length(least[1:], greatest[1:])
    rest = len(least) - 1
    any_rest = f"[0-9]{{{rest}}}" if rest else ""
    low, high = int(least[0]), int(greatest[0])
    forms: list[str] = []
    if least[1:] != "0" * rest:
        forms.append(least[0] + _same_length(least[1:], "9" * rest))
        low += 1
    if greatest[1:] != "9" * rest:
        forms.append(greatest[0] + _same_length("0" * rest, greatest[1:]))
        high -= 1
    if low <= high:
        forms.append((f"[{low}-{high}]" if low < high else str(low)) + any_rest)
    return f"(?:{'|'.join(forms)})"


ANY_INTEGER = "-?(?:0|[1-9][0-9]*)"
ANY_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"


def number_texts(value: float) -> list[str]:
    """The ways to write one number."""
    texts = [json.dumps(value)]
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        texts.append(str(int(value)))
    return texts
