"""Finds markers in text that arrives in pieces."""

from __future__ import annotations

from collections.abc import Sequence


def find_marker(text: str, markers: Sequence[str]) -> tuple[int, str] | None:
    """Where the marker that is complete first begins, the longest of those that end there."""
    found = [(text.find(marker), marker) for marker in markers if marker in text]
    return min(found, key=lambda match: (match[0] + len(match[1]), match[0]), default=None)


def held_length(text: str, markers: Sequence[str]) -> int:
    """Characters at the end of `text` that may be the beginning of a marker."""
    return max((_overlap(text, marker) for marker in markers), default=0)


def common_length(one: str, other: str) -> int:
    """Characters that two texts have in common at their beginnings."""
    pairs = enumerate(zip(one, other, strict=False))
    shorter = min(len(one), len(other))
    return next((index for index, (left, right) in pairs if left != right), shorter)


def _overlap(text: str, marker: str) -> int:
    for length in range(min(len(text), len(marker) - 1), 0, -1):
        if text.endswith(marker[:length]):
            return length
    return 0
