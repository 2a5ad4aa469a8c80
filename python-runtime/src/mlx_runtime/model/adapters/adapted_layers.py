"""Layers that add what the adapters of their rows add."""

from __future__ import annotations

from typing import Any, cast

import mlx.core as mx
from mlx import nn

from .row_adapters import RowAdapters, Scope, along


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


class AdaptedLinear(AdaptedLayer):
    def __call__(self, x: mx.array) -> mx.array:
        """(..., out) from x (..., in)."""
        y: mx.array = cast("Any", self.layer)(x)
        rows = self._rows()
        if rows is None:
            return y
        if rows.only is not None:
            own = rows.only.layers.get(self._path)
            if own is None:
                return y
            return self._scaled(y, (x @ own.a) @ own.b, own.factors)
        stack = rows.stacks.layers.get(self._path)
        if stack is None:
            return y
        inner = x @ stack.a
        added = (inner * along(rows.mask(stack.ranks), inner)) @ stack.b
        factors = None if stack.factors is None else stack.factors[mx.array(rows.places)]
        return self._scaled(y, added, None if factors is None else along(factors, y))

    def _scaled(self, y: mx.array, added: mx.array, factors: mx.array | None) -> mx.array:
        if factors is None:
            return y + added
        factors = factors.astype(y.dtype)
        bias = getattr(self.layer, "bias", None)
        if bias is None:
            return (y + added) * factors
        return (y - bias + added) * factors + bias


class AdaptedEmbedding(AdaptedLayer):
    def __call__(self, tokens: mx.array) -> mx.array:
        """(rows, tokens, size) from token ids (rows, tokens)."""
        y: mx.array = cast("Any", self.layer)(tokens)
        rows = self._rows()
        if rows is None:
            return y
        if rows.only is not None:
            own = rows.only.layers.get(self._path)
            return y if own is None else y + own.a[tokens] @ own.b
        stack = rows.stacks.layers.get(self._path)
        if stack is None:
            return y
        inner = stack.a[tokens]
        return y + (inner * along(rows.mask(stack.ranks), inner)) @ stack.b

    def as_linear(self, x: mx.array) -> mx.array:
        """(..., vocabulary) from x (..., size)."""
        y: mx.array = cast("Any", self.layer).as_linear(x)
        rows = self._rows()
        if rows is None:
            return y
        if rows.only is not None:
            own = rows.only.layers.get(self._path)
            return y if own is None else y + (x @ own.b.T) @ own.a.T
        stack = rows.stacks.layers.get(self._path)
        if stack is None:
            return y
        inner = x @ stack.b.T
        return y + (inner * along(rows.mask(stack.ranks), inner)) @ stack.a.T


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
        places = mx.array(rows.places)
        entries = mx.repeat(places, indices.size // places.size)
        return entries[mx.argsort(indices.flatten())] if sorted else entries


def _of_experts(
    x: mx.array, a: mx.array, b: mx.array, indices: mx.array, is_sorted: bool
) -> mx.array:
    inner = mx.gather_mm(x.astype(a.dtype), a, rhs_indices=indices, sorted_indices=is_sorted)
    return mx.gather_mm(inner, b, rhs_indices=indices, sorted_indices=is_sorted)
