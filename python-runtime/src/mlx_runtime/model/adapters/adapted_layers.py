"""Layers that add what the adapters of their rows add."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import mlx.core as mx
from mlx import nn

from .row_adapters import RowAdapters, Scope, along
from .stacks import RowStack


class _WideProduct(NamedTuple):
    """With the adapters of all rows of a pass."""

    a: mx.array
    """(in, ranks)"""
    b: mx.array
    """(ranks, out)"""
    mask: mx.array | None
    """(rows, ranks): 1 where a rank is the row's own; None: all rows have the one adapter."""
    factors: mx.array | None
    """(out,) of the one adapter, else (rows, out)."""

    def through(self, x: mx.array, first: mx.array, second: mx.array) -> mx.array:
        """(..., out) of x (..., in) @ first @ second: `a` and `b`, or `b` and `a` transposed."""
        return self._own(x @ first) @ second

    def looked_up(self, tokens: mx.array) -> mx.array:
        """(rows, tokens, out) from token ids (rows, tokens), of which `a` holds the lines."""
        return self._own(self.a[tokens]) @ self.b

    def _own(self, inner: mx.array) -> mx.array:
        """`inner` (rows, ..., ranks) with zeros where a rank is not the row's."""
        return inner if self.mask is None else inner * along(self.mask, inner)


class _RowProducts(NamedTuple):
    """A product for each row, with its own adapter; otherwise as a `_WideProduct`."""

    a: mx.array
    """(adapters, in, rank)"""
    b: mx.array
    """(adapters, rank, out)"""
    factors: mx.array | None
    """(rows, out)"""
    rows: RowAdapters

    def through(self, x: mx.array, first: mx.array, second: mx.array) -> mx.array:
        """(..., out) of x (..., in); see `_WideProduct`."""
        # A head is given the first rows alone.
        rows = min(len(self.rows.rows), x.shape[0])
        lines = x.reshape(rows, -1, x.shape[-1])
        added = self._chosen(self._chosen(lines, first), second)
        return added.reshape(*x.shape[:-1], added.shape[-1])

    def looked_up(self, tokens: mx.array) -> mx.array:
        """(rows, tokens, out); see `_WideProduct`."""
        return self._chosen(self.a[self.rows.places[:, None], tokens], self.b)

    def _chosen(self, x: mx.array, matrices: mx.array) -> mx.array:
        """(rows, tokens, m): x (rows, tokens, n) with each row's own of many matrices (n, m)."""
        count = x.shape[0]
        numbers, places = self.rows.numbers[:count], self.rows.places[:count]
        return mx.gather_mm(x, matrices, lhs_indices=numbers, rhs_indices=places)


_Product = _WideProduct | _RowProducts
"""What the adapters of a pass's rows add to one layer."""


def _transposed(matrices: mx.array) -> mx.array:
    return mx.swapaxes(matrices, -1, -2)


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
            return None if own is None else _WideProduct(own.a, own.b, None, own.factors)
        stack = rows.stacks.layers.get(self._path)
        if stack is None:
            return None
        factors = None if stack.factors is None else stack.factors[rows.places]
        if isinstance(stack, RowStack):
            return _RowProducts(stack.a, stack.b, factors, rows)
        return _WideProduct(stack.a, stack.b, rows.mask(stack.ranks), factors)


class AdaptedLinear(AdaptedLayer):
    def __call__(self, x: mx.array) -> mx.array:
        """(..., out) from x (..., in)."""
        y: mx.array = cast("Any", self.layer)(x)
        product = self._product()
        if product is None:
            return y
        added = product.through(x, product.a, product.b)
        if product.factors is None:
            return y + added
        factors = product.factors.astype(y.dtype)
        if factors.ndim > 1:
            factors = along(factors, y)
        bias = getattr(self.layer, "bias", None)
        if bias is None:
            return (y + added) * factors
        return (y - bias + added) * factors + bias


class AdaptedEmbedding(AdaptedLayer):
    def __call__(self, tokens: mx.array) -> mx.array:
        """(rows, tokens, size) from token ids (rows, tokens)."""
        y: mx.array = cast("Any", self.layer)(tokens)
        product = self._product()
        return y if product is None else y + product.looked_up(tokens)

    def as_linear(self, x: mx.array) -> mx.array:
        """(..., vocabulary) from x (..., size)."""
        y: mx.array = cast("Any", self.layer).as_linear(x)
        product = self._product()
        if product is None:
            return y
        return y + product.through(x, _transposed(product.b), _transposed(product.a))


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
