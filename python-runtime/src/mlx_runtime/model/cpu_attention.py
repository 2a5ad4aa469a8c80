"""Attention of a single new token, for CPUs.

MLX computes grouped-query attention there as one vector-matrix product per
query head. The query heads of a group look at the same keys, so that one
matrix product serves them all: a third of the products for a model with three
query heads per group, and the same result to the bit.
"""

from __future__ import annotations

from typing import Any, cast

import mlx.core as mx

_fast = cast("Any", mx.fast)
_original = _fast.scaled_dot_product_attention


def group_queries() -> None:
    """Has `mx.fast.scaled_dot_product_attention` take this way where it can."""
    _fast.scaled_dot_product_attention = scaled_dot_product_attention


def scaled_dot_product_attention(
    q: mx.array,
    k: mx.array,
    v: mx.array,
    *,
    scale: float,
    mask: mx.array | str | None = None,
    sinks: mx.array | None = None,
    **options: Any,
) -> mx.array:
    """q: (rows, query heads, tokens, size), k and v: (rows, heads, places, size)."""
    groups = k.shape[1] != q.shape[1]
    if q.shape[2] != 1 or not groups or sinks is not None or options or not _is_shared(mask):
        return _original(q, k, v, scale=scale, mask=mask, sinks=sinks, **options)
    rows, query_heads, _, size = q.shape
    heads = k.shape[1]
    grouped = (q * scale).reshape(rows, heads, query_heads // heads, size)
    scores = grouped @ mx.swapaxes(k, -1, -2)
    if isinstance(mask, mx.array):
        is_bool = mask.dtype == mx.bool_
        scores = mx.where(mask, scores, -mx.inf) if is_bool else scores + mask
    weights = mx.softmax(scores, axis=-1, precise=True)
    return (weights @ v).reshape(rows, query_heads, 1, v.shape[-1])


def _is_shared(mask: mx.array | str | None) -> bool:
    """True when all heads have the same mask. (The last token sees all that a causal one shows.)"""
    return not isinstance(mask, mx.array) or mask.shape[:-2][-1:] in ((), (1,))
