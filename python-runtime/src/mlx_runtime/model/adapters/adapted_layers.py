"""Layers that add what the adapters of their rows add."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import mlx.core as mx
from mlx import nn

from .row_adapters import RowAdapters, Scope, along


class _Product(NamedTuple):
    """What the adapters of a pass's rows add to one layer."""

    a: mx.array
    """(in, ranks)"""
    b: mx.array
    """(ranks, out)"""
    mask: mx.array | None
    """(rows, ranks): 1 where a rank is the row's own; None: all rows have the one adapter."""
    factors: mx.array | None
    """(out,) of the one adapter, else (rows, out)."""

    def own(self, inner: mx.array) -> mx.array:
        """`inner` (rows, ..., ranks) with zeros where a rank is not the row's."""
        return inner if self.mask is None else inner * along(self.mask, inner)

    def factors_of(self, y: mx.array) -> mx.array | None:
        """To be multiplied with y (rows, ..., out)."""
        if self.factors is None:
            return None
        return (self.factors if self.mask is None else along(self.factors, y)).astype(y.dtype)


class AdaptedLayer(nn.Module):
    """A layer of a model in its old place, and everything that can be asked of it."""

    def __init__(self, layer: nn.Module, path: str, scope: Scope) -> None:
        super().__init__()
        self.layer = layer
        self._path = path
        self._scope = scope

    def __getattr__(self, key: str) -> Any:
        own: dict[str, Any] = cast("Any", self)
        if key in own:
            return own[key]
        if "layer" not in own:
            raise AttributeError(key)
        return getattr(own["layer"], key)

    def _rows(self) -> RowAdapters | None:
        """The adapters of the pass's rows, if any of them has one."""
        rows = self._scope.rows
        if rows is not None:
            self._scope.called.add(self._path)
        return rows

    def _product(self) -> _Product | None:
        """None: nothing is added here."""
        rows = self._rows()
        if rows is None:
            return None
        if rows.only is not None:
            own = rows.only.layers.get(self._path)
            return None if own is None else _Product(own.a, own.b, None, own.factors)
        stack = rows.stacks.layers.get(self._path)
        if stack is None:
            return None
        factors = None if stack.factors is None else stack.factors[rows.places]
        return _Product(stack.a, stack.b, rows.mask(stack.ranks), factors)


class AdaptedLinear(AdaptedLayer):
    def __call__(self, x: mx.array) -> mx.array:
        """(..., out) from x (..., in)."""
        y: mx.array = cast("Any", self.layer)(x)
        product = self._product()
        if product is None:
            return y
        added = product.own(x @ product.a) @ product.b
        factors = product.factors_of(y)
        if factors is None:
            return y + added
        bias = getattr(self.layer, "bias", None)
        if bias is None:
            return (y + added) * factors
        return (y - bias + added) * factors + bias


class AdaptedEmbedding(AdaptedLayer):
    def __call__(self, tokens: mx.array) -> mx.array:
        """(rows, tokens, size) from token ids (rows, tokens)."""
        y: mx.array = cast("Any", self.layer)(tokens)
        product = self._product()
        return y if product is None else y + product.own(product.a[tokens]) @ product.b

    def as_linear(self, x: mx.array) -> mx.array:
        """(..., vocabulary) from x (..., size)."""
        y: mx.array = cast("Any", self.layer).as_linear(x)
        product = self._product()
        return y if product is None else y + product.own(x @ product.b.T) @ product.a.T


class AdaptedSwitch(AdaptedLayer):
    """A module of experts; tells its layers to which rows the experts of a pass belong."""

    def __call__(self, x: mx.array, indices: mx.array) -> mx.array:
        """x (..., in) and for each the indices of experts (..., chosen)."""
        self._scope.indices = indices
        return cast("Any", self.layer)(x, indices)


class AdaptedExperts(AdaptedLayer):
    def __call__(self, x: mx.array, indices: mx.array, sorted_indices: bool = False) -> mx.array:
        """(..., 1, out) from x (..., 1, in) and indices of experts (...)."""
        y: mx.array = cast("Any", self.layer)(x, indices, sorted_indices=sorted_indices)
        rows = self._rows()
        if rows is None:
            return y
        if rows.only is not None:
            own = rows.only.layers.get(self._path)
            if own is None:
                return y
            return y + _of_experts(x, own.a, own.b, indices, sorted_indices).astype(y.dtype)
        stack = rows.stacks.experts.get(self._path)
        if stack is None:
            return y
        places = self._places(rows, sorted=sorted_indices).reshape(indices.shape)
        none = len(rows.stacks.adapters)
        chosen = mx.where(places == none, none * stack.experts, places * stack.experts + indices)
        return y + _of_experts(x, stack.a, stack.b, chosen, False).astype(y.dtype)

    def _places(self, rows: RowAdapters, *, sorted: bool) -> mx.array:
        """(entries,): the place of each entry's adapter in the stacks.

        Experts may have been sorted, in the order that `argsort` says.
        """
        indices = self._scope.indices
        if indices is None:
            raise RuntimeError("experts were called outside of their module")
        entries = mx.repeat(rows.places, indices.size // rows.places.size)
        return entries[mx.argsort(indices.flatten())] if sorted else entries


def _of_experts(
    x: mx.array, a: mx.array, b: mx.array, indices: mx.array, is_sorted: bool
) -> mx.array:
    inner = mx.gather_mm(x.astype(a.dtype), a, rhs_indices=indices, sorted_indices=is_sorted)
    return mx.gather_mm(inner, b, rhs_indices=indices, sorted_indices=is_sorted)
