"""Linear layers that multiply the same input, as one product.

Handing a product to a GPU takes the host longer than the GPU needs for the product
of a small batch, so a layer's queries, keys and values are computed at once, and
the two inner projections of its MLP.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, TypeGuard

import mlx.core as mx
from mlx import nn

_TOGETHER = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
"""Names in mlx-lm's models of layers that are called with one input, in this order."""


class FusedLinear(nn.Module):
    """Layers with weights (out, in) of one input size; keeps the last product for its parts."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.weight = mx.concatenate([layer.weight for layer in layers])
        self.bias = None
        if "bias" in layers[0]:
            self.bias = mx.concatenate([layer.bias for layer in layers])
        self._ends = list(accumulate(layer.weight.shape[0] for layer in layers))
        self._input: mx.array | None = None
        self._waiting: dict[int, mx.array] = {}

    def rows_of(self, index: int) -> slice:
        """Where in `weight` and `bias` one of the layers lies."""
        return slice(self._ends[index - 1] if index else 0, self._ends[index])

    def part(self, index: int, x: mx.array) -> mx.array:
        """The product of one layer: (..., out) from x (..., in)."""
        if x is not self._input or index not in self._waiting:
            product = self(x)
            self._input = x
            self._waiting = dict(enumerate(mx.split(product, self._ends[:-1], axis=-1)))
        part = self._waiting.pop(index)
        if not self._waiting:
            self._input = None
        return part

    def __call__(self, x: mx.array) -> mx.array:
        """(..., outs), one layer behind another, from x (..., in)."""
        if self.bias is None:
            return x @ self.weight.T
        return mx.addmm(self.bias, x, self.weight.T)


class FusedPart(nn.Module):
    """One of the layers, in its old place in the model."""

    def __init__(self, fused: FusedLinear, index: int) -> None:
        super().__init__()
        if index == 0:
            # In the tree of the model's parameters once.
            self.fused = fused
        self._whole = (fused,)
        """In a tuple, so that it is no module of this one."""
        self._index = index

    @property
    def weight(self) -> mx.array:
        """(out, in)"""
        fused = self._whole[0]
        return fused.weight[fused.rows_of(self._index)]

    @property
    def bias(self) -> mx.array | None:
        """(out,), or None"""
        fused = self._whole[0]
        return None if fused.bias is None else fused.bias[fused.rows_of(self._index)]

    def __call__(self, x: mx.array) -> mx.array:
        """(..., out) from x (..., in)."""
        return self._whole[0].part(self._index, x)


def fuse_projections(model: nn.Module) -> None:
    """Fuses the dense layers of a model that can be; computes nothing yet."""
    untyped: Any = model
    modules: list[Any] = [module for _, module in untyped.named_modules()]
    for module in modules:
        for names in _TOGETHER:
            layers = [getattr(module, name, None) for name in names]
            if _alike(layers):
                fused = FusedLinear(layers)
                for index, name in enumerate(names):
                    setattr(module, name, FusedPart(fused, index))


def _alike(layers: Sequence[Any]) -> TypeGuard[Sequence[nn.Linear]]:
    if not all(type(layer) is nn.Linear for layer in layers):
        return False
    kinds = {(layer.weight.shape[1], layer.weight.dtype, "bias" in layer) for layer in layers}
    return len(kinds) == 1
