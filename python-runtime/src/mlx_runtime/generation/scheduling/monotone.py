"""The closest values that never fall. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Weighted(NamedTuple):
    value: float
    weight: float
    """Above zero."""


def never_falling(values: Iterable[Weighted]) -> list[float]:
    """As many values, in order, of which none is below the one before it, with the least sum of
    squared and weighted distances: neighbours out of order become their mean (the pool
    adjacent violators algorithm of Ayer et al., 1955)."""
    pools: list[tuple[Weighted, int]] = []
    for each in values:
        pool = (each, 1)
        while pools and pools[-1][0].value >= pool[0].value:
            pool = _together(pools.pop(), pool)
        pools.append(pool)
    return [mean.value for mean, count in pools for _ in range(count)]


def _together(left: tuple[Weighted, int], right: tuple[Weighted, int]) -> tuple[Weighted, int]:
    (one, one_count), (other, other_count) = left, right
    weight = one.weight + other.weight
    mean = (one.value * one.weight + other.value * other.weight) / weight
    return Weighted(mean, weight), one_count + other_count
