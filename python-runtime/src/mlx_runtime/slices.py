"""Work in slices, so that its thread can do other things between them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import TypeAlias, TypeVar

Result = TypeVar("Result")
Slices: TypeAlias = Generator[None, None, Result]
"""Yields between two slices; returns what the whole work comes to."""


def run_through(slices: Slices[Result]) -> Result:
    """All of it at once."""
    results: list[Result] = []
    for _ in _into(results, slices):
        pass
    return results[0]


def inside(
    context: Callable[[], AbstractContextManager[object]], slices: Slices[Result]
) -> Slices[Result]:
    """Each slice in a context of its own, which nothing between them is in."""
    results: list[Result] = []
    waiting = _into(results, slices)
    while not results:
        with context():
            next(waiting, None)
        yield
    return results[0]


def _into(results: list[Result], slices: Slices[Result]) -> Slices[None]:
    results.append((yield from slices))
