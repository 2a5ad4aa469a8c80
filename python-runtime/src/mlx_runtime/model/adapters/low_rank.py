"""What an adapter adds to the layers of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import mlx.core as mx


@dataclass(frozen=True, slots=True)
class LowRank:
    """Adds x @ a @ b to what a layer makes of x. The scale of the adapter is in `b`."""

    a: mx.array
    """(in, rank); of experts (experts, in, rank); of an embedding (vocabulary, rank)."""
    b: mx.array
    """(rank, out); of experts (experts, rank, out)."""
    magnitude: mx.array | None = None
    """(out,): the lengths that the adapted weights of each output are brought to (Liu et al.,
    "DoRA: Weight-decomposed low-rank adaptation", 2024)."""
    factors: mx.array | None = None
    """(out,): what these lengths come to beside a layer: factors of its product without bias."""

    @property
    def rank(self) -> int:
        return self.a.shape[-1]

    @property
    def is_of_experts(self) -> bool:
        return self.a.ndim > len(("in", "rank"))

    @property
    def arrays(self) -> list[mx.array]:
        """(in, rank), (rank, out) and, where its lengths are scaled, (out,)."""
        return [self.a, self.b, *([] if self.factors is None else [self.factors])]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    name: str
    key: str
    """A digest of its files: equal for adapters that compute the same."""
    layers: Mapping[str, LowRank]
    """By the path of a layer in the model."""

    @property
    def rank(self) -> int:
        """The highest of its layers."""
        return max(layer.rank for layer in self.layers.values())

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for layer in self.layers.values() for array in layer.arrays)
