"""Sizes of passes, rounded so that there are few of them. Pure arithmetic."""

from __future__ import annotations


def power_of_two_below(tokens: int) -> int:
    """Rounded down to 1, 2, 4, 8, ...: a GPU's libraries load code for each size once."""
    return 1 << (tokens.bit_length() - 1)


def size_class(tokens: int) -> int:
    """Rounded down to 1, 2, 3, 4, 6, 8, 12, ...: sizes between two of them cost much the same."""
    step = 1 << max(0, tokens.bit_length() - 2)
    return tokens // step * step


def size_class_above(tokens: int) -> int:
    """Rounded up to one of those."""
    step = 1 << max(0, tokens.bit_length() - 2)
    return tokens + -tokens % step
