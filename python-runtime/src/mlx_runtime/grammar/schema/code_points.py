"""Sets of Unicode's code points, as sorted ranges that do not touch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

CodePoints: TypeAlias = tuple[tuple[int, int], ...]
"""First and last of each range."""

LAST = 0x10FFFF
ANY: CodePoints = ((0, LAST),)
NONE: CodePoints = ()


def code_points(ranges: Iterable[tuple[int, int]]) -> CodePoints:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def single(code_point: int) -> CodePoints:
    return ((code_point, code_point),)


def of_text(text: str) -> CodePoints:
    return code_points((ord(character), ord(character)) for character in text)


def without(some: CodePoints, others: CodePoints) -> CodePoints:
    return both(some, inverse(others))


def inverse(some: CodePoints) -> CodePoints:
    gaps: list[tuple[int, int]] = []
    begin = 0
    for first, last in some:
        if begin < first:
            gaps.append((begin, first - 1))
        begin = last + 1
    if begin <= LAST:
        gaps.append((begin, LAST))
    return tuple(gaps)


def both(one: CodePoints, other: CodePoints) -> CodePoints:
    """What is in each of two sets."""
    found: list[tuple[int, int]] = []
    left = right = 0
    while left < len(one) and right < len(other):
        first = max(one[left][0], other[right][0])
        last = min(one[left][1], other[right][1])
        if first <= last:
            found.append((first, last))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


_LONG_NAMES = {
    "letter": "L",
    "uppercase_letter": "Lu",
    "lowercase_letter": "Ll",
    "titlecase_letter": "Lt",
    "modifier_letter": "Lm",
    "other_letter": "Lo",
    "mark": "M",
    "number": "N",
    "decimal_number": "Nd",
    "punctuation": "P",
    "symbol": "S",
    "separator": "Z",
    "space_separator": "Zs",
    "alphabetic": "L",
    "digit": "Nd",
}


@lru_cache(maxsize=64)
def of_category(name: str) -> CodePoints | None:
    """Characters of one of Unicode's general categories, by either of its names; None: there
    is none of that name."""
    wanted = _LONG_NAMES.get(name.lower(), name)
    if re.fullmatch("[LMNPSZC][a-z]?", wanted) is None:
        return None
    return code_points(run for run, category in _runs() if category.startswith(wanted)) or None


_EMPTY_PLANES = (0x40000, 0xDFFFF)
"""No character is assigned there; looking at each of them would take most of the time."""


@lru_cache(maxsize=1)
def _runs() -> Sequence[tuple[tuple[int, int], str]]:
    """Neighbours of one general category."""
    runs: list[tuple[tuple[int, int], str]] = [(_EMPTY_PLANES, "Cn")]
    for first, last in inverse((_EMPTY_PLANES,)):
        codes = range(first, last + 1)
        for category, run in groupby(codes, lambda code: unicodedata.category(chr(code))):
            members = list(run)
            runs.append(((members[0], members[-1]), category))
    return runs
