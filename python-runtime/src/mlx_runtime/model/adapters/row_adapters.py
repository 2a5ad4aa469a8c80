"""Which adapter each row of a pass computes with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property

import mlx.core as mx
import numpy as np

from .low_rank import Adapter
from .stacks import Stacks


class RowAdapters:
    """The adapters of a pass's rows, which are the first axis of what its layers are given."""

    def __init__(self, rows: Sequence[Adapter | None], stacks: Stacks | None) -> None:
        """`stacks`: of all their adapters; None where all rows have the same one."""
        self.only = rows[0] if stacks is None else None
        self._rows = tuple(rows)
        self._stacks = stacks
        self._masks: dict[Sequence[int], mx.array] = {}

    @property
    def rows(self) -> Sequence[Adapter | None]:
        return self._rows

    @property
    def stacks(self) -> Stacks:
        if self._stacks is None:
            raise RuntimeError("all rows have one adapter")
        return self._stacks

    @cached_property
    def places(self) -> mx.array:
        """(rows,): each row's place in the stacks; the one behind them all for a row without an
        adapter."""
        adapters = self.stacks.adapters
        none = len(adapters)
        places = [none if row is None else adapters.index(row) for row in self._rows]
        return mx.array(places, mx.uint32)

    @cached_property
    def numbers(self) -> mx.array:
        """(rows,): 0 and up. What MLX would make anew for each product of chosen matrices."""
        return mx.arange(len(self._rows), dtype=mx.uint32)

    def mask(self, ranks: Sequence[int]) -> mx.array:
        """(rows, sum of ranks): 1 where a rank is one of the row's own adapter.

        `ranks`: of each adapter of the stacks, in order.
        """
        found = self._masks.get(ranks)
        if found is None:
            owner = np.repeat(np.arange(len(ranks)), ranks)
            found = mx.array((np.array(self.places)[:, None] == owner).astype(np.float32))
            self._masks[ranks] = found
        return found


class Scope:
    """Where layers look up the adapters of the pass that is being built."""

    def __init__(self) -> None:
        self.rows: RowAdapters | None = None
        """None: no row has one."""
        self.called: set[str] = set()
        """Paths of layers that computed for rows with adapters."""
        self.indices: mx.array | None = None
        """The experts that the module of experts which is called last was given, unsorted."""

    @contextmanager
    def of(self, rows: RowAdapters | None) -> Generator[None]:
        before, self.rows = self.rows, rows
        try:
            yield
        finally:
            self.rows = before


def along(values: mx.array, x: mx.array) -> mx.array:
    """Values of each row (rows, n), to be combined with x (rows, ..., n) or (rows * tokens, n).

    x may be of the first rows alone: a head sees no more than those that decode.
    """
    rows, first = values.shape[0], x.shape[0]
    if first < rows:
        values = values[:first]
    elif first > rows:
        values = mx.repeat(values, first // rows, axis=0)
    return values.reshape(values.shape[0], *[1] * (x.ndim - 2), values.shape[-1]).astype(x.dtype)
