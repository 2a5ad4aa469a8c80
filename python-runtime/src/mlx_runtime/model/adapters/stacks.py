"""The adapters of rows that share a pass, beside each other in one array for each layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from .low_rank import Adapter, LowRank


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
        self.layers: dict[str, LayerStack] = {}
        self.experts: dict[str, ExpertStack] = {}
        for path in dict.fromkeys(path for adapter in adapters for path in adapter.layers):
            found = [adapter.layers.get(path) for adapter in adapters]
            present = [layer for layer in found if layer is not None]
            if present[0].is_of_experts:
                self.experts[path] = _stack_experts(found, present)
            else:
                self.layers[path] = _stack(found, present)
        # Passes that run side by side must not both find them uncomputed.
        mx.eval([(stack.a, stack.b) for stack in (*self.layers.values(), *self.experts.values())])  # pyright: ignore[reportUnknownMemberType]

    @property
    def nbytes(self) -> int:
        stacks = (*self.layers.values(), *self.experts.values())
        return sum(stack.a.nbytes + stack.b.nbytes for stack in stacks)


def _stack(found: Sequence[LowRank | None], present: Sequence[LowRank]) -> LayerStack:
    factors = None
    if any(layer.factors is not None for layer in present):
        ones = mx.ones((present[0].b.shape[-1],))
        own = [None if layer is None else layer.factors for layer in (*found, None)]
        factors = mx.stack([ones if each is None else each for each in own])
    return LayerStack(
        tuple(0 if layer is None else layer.rank for layer in found),
        mx.concatenate([layer.a for layer in present], axis=1),
        mx.concatenate([layer.b for layer in present], axis=0),
        factors,
    )


def _stack_experts(found: Sequence[LowRank | None], present: Sequence[LowRank]) -> ExpertStack:
    rank = max(layer.rank for layer in present)
    experts, size, _ = present[0].a.shape
    out = present[0].b.shape[-1]
    dtype = present[0].a.dtype
    no_a, no_b = mx.zeros((experts, size, rank), dtype), mx.zeros((experts, rank, out), dtype)

    def padded(layer: LowRank | None) -> tuple[mx.array, mx.array]:
        if layer is None:
            return no_a, no_b
        missing = rank - layer.rank
        if missing == 0:
            return layer.a, layer.b
        return (
            mx.pad(layer.a, [(0, 0), (0, 0), (0, missing)]),
            mx.pad(layer.b, [(0, 0), (0, missing), (0, 0)]),
        )

    pairs = [padded(layer) for layer in found]
    return ExpertStack(
        mx.concatenate([*(a for a, _ in pairs), no_a[:1]]),
        mx.concatenate([*(b for _, b in pairs), no_b[:1]]),
        experts,
    )
