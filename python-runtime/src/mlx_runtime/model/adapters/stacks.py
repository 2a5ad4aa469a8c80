"""The adapters of rows that share a pass, in one array for each layer.

Beside each other, as one wide product with all of them of which a mask leaves each row its own
ranks; or one behind another, as a small product for each row with its own adapter alone. On a GPU
handing over a product costs what a wide one does. A CPU takes as long as there are numbers to
multiply, and so the wide product of many adapters much longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from .low_rank import Adapter, LowRank

_FEW = 2
"""Adapters up to which a CPU, too, computes the wide product sooner than one for each row."""
_MOST_PADDED = 2
"""Times what adapters of different ranks hold that they may take once all have the highest."""


@dataclass(frozen=True, slots=True)
class LayerStack:
    """x @ a holds the products of all adapters; a mask leaves each row its own."""

    ranks: tuple[int, ...]
    """Of each adapter; 0 for one that leaves the layer as it is."""
    a: mx.array
    """(in, ranks)"""
    b: mx.array
    """(ranks, out)"""
    factors: mx.array | None
    """(adapters + 1, out), the last for rows without one; None: there are none."""


@dataclass(frozen=True, slots=True)
class RowStack:
    """One adapter behind another, and one that adds nothing."""

    a: mx.array
    """(adapters + 1, in, highest rank)"""
    b: mx.array
    """(adapters + 1, highest rank, out)"""
    factors: mx.array | None
    """As of a `LayerStack`."""


@dataclass(frozen=True, slots=True)
class ExpertStack:
    """One adapter's experts behind another's, and an expert that adds nothing."""

    a: mx.array
    """(adapters * experts + 1, in, highest rank)"""
    b: mx.array
    """(adapters * experts + 1, highest rank, out)"""
    experts: int


class Stacks:
    """Of all layers that any of these adapters changes."""

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        self.adapters = tuple(adapters)
        self.layers: dict[str, LayerStack | RowStack] = {}
        self.experts: dict[str, ExpertStack] = {}
        for path, found in _by_path(adapters).items():
            present = _present(found)
            if present[0].is_of_experts:
                self.experts[path] = _stack_experts(found, present)
            else:
                self.layers[path] = _stack(found, present)
        # Passes that run side by side must not both find them uncomputed.
        mx.eval([(stack.a, stack.b) for stack in (*self.layers.values(), *self.experts.values())])  # pyright: ignore[reportUnknownMemberType]


def stacked_bytes(adapters: Sequence[Adapter]) -> int:
    """What the stacks of all of these take, at most."""
    total = 0
    for found in _by_path(adapters).values():
        present = _present(found)
        sizes = [layer.a.nbytes + layer.b.nbytes for layer in present]
        factors = [0 if layer.factors is None else layer.factors.nbytes for layer in present]
        padded = present[0].is_of_experts or _is_by_row(found, present)
        total += (len(found) + 1) * (max(factors) + (max(sizes) if padded else 0))
        total += 0 if padded else sum(sizes)
    return total


def _by_path(adapters: Sequence[Adapter]) -> dict[str, list[LowRank | None]]:
    """What each of them adds to each layer that any of them changes."""
    paths = dict.fromkeys(path for adapter in adapters for path in adapter.layers)
    return {path: [adapter.layers.get(path) for adapter in adapters] for path in paths}


def _present(found: Sequence[LowRank | None]) -> list[LowRank]:
    return [layer for layer in found if layer is not None]


def _stack(found: Sequence[LowRank | None], present: Sequence[LowRank]) -> LayerStack | RowStack:
    factors = None
    if any(layer.factors is not None for layer in present):
        ones = mx.ones((present[0].b.shape[-1],))
        own = [None if layer is None else layer.factors for layer in (*found, None)]
        factors = mx.stack([ones if each is None else each for each in own])
    if _is_by_row(found, present):
        return RowStack(*_one_behind_another(found, present), factors)
    return LayerStack(
        tuple(0 if layer is None else layer.rank for layer in found),
        mx.concatenate([layer.a for layer in present], axis=1),
        mx.concatenate([layer.b for layer in present], axis=0),
        factors,
    )


def _is_by_row(found: Sequence[LowRank | None], present: Sequence[LowRank]) -> bool:
    # A CPU has products of chosen matrices in this type alone.
    if mx.default_device() != mx.cpu or present[0].a.dtype != mx.float32:
        return False
    ranks = [layer.rank for layer in present]
    return len(present) > _FEW and max(ranks) * len(found) <= _MOST_PADDED * sum(ranks)


def _stack_experts(found: Sequence[LowRank | None], present: Sequence[LowRank]) -> ExpertStack:
    return ExpertStack(*_one_behind_another(found, present), present[0].a.shape[0])


def _one_behind_another(
    found: Sequence[LowRank | None], present: Sequence[LowRank]
) -> tuple[mx.array, mx.array]:
    """Matrices (count, in, highest rank) and (count, highest rank, out), the last ones zero."""
    rank = max(layer.rank for layer in present)
    like = present[0]
    no_a = mx.zeros((*like.a.shape[:-1], rank), like.a.dtype)
    no_b = mx.zeros((*like.b.shape[:-2], rank, like.b.shape[-1]), like.a.dtype)

    def padded(layer: LowRank | None) -> tuple[mx.array, mx.array]:
        if layer is None:
            return no_a, no_b
        if layer.rank == rank:
            return layer.a, layer.b
        missing = (0, rank - layer.rank)
        before = [(0, 0)] * (layer.a.ndim - 2)
        return (
            mx.pad(layer.a, [*before, (0, 0), missing]),
            mx.pad(layer.b, [*before, missing, (0, 0)]),
        )

    pairs = [padded(layer) for layer in found]
    return (
        mx.concatenate([*(_matrices(a) for a, _ in pairs), _matrices(no_a)[:1]]),
        mx.concatenate([*(_matrices(b) for _, b in pairs), _matrices(no_b)[:1]]),
    )


def _matrices(array: mx.array) -> mx.array:
    """(count, n, m) from one matrix (n, m) or several."""
    return array.reshape(-1, *array.shape[-2:])
