"""Attention for CPUs.

MLX composes it there from products per query head, a choice per score for the
mask, and a softmax over all of them. Here the query heads of a group, which
look at the same keys, share one product; a mask is added rather than chosen by;
and a causal prompt is computed in blocks of queries, each against the keys that
it may see, which leaves out half of the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import mlx.core as mx

from .exponentials import LOG2_E, POWER_IS_FASTER, softmax_of_powers

_fast = cast("Any", mx.fast)
_original: Callable[..., mx.array] = _fast.scaled_dot_product_attention

_BLOCK = 64
"""Queries that are computed together. With fewer, more time goes into calling than computing;
with more, into scores of keys that the first of them may not see."""


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
    if sinks is not None or options or not _fits(mask):
        return _original(q, k, v, scale=scale, mask=mask, sinks=sinks, **options)
    tokens, places = q.shape[2], k.shape[2]
    if isinstance(mask, mx.array):
        return _attend(q, k, v, scale, _bias(mask, q.dtype))
    if mask is None or tokens == 1:
        # The last token sees all that a causal mask shows.
        return _attend(q, k, v, scale, None)
    parts: list[mx.array] = []
    for start in range(0, tokens, _BLOCK):
        end = min(start + _BLOCK, tokens)
        seen = places - tokens + end
        bias = _causal_bias(end - start, seen, q.dtype)
        block = q[:, :, start:end]
        parts.append(_attend(block, k[:, :, :seen], v[:, :, :seen], scale, bias))
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)


def _attend(q: mx.array, k: mx.array, v: mx.array, scale: float, bias: mx.array | None) -> mx.array:
    """`bias`: what to add to scores of (rows or 1, 1, tokens, places)."""
    rows, query_heads, tokens, size = q.shape
    heads, places = k.shape[1:3]
    grouped = (q * (scale * _unit(q.dtype))).reshape(rows, heads, -1, size)
    scores = grouped @ mx.swapaxes(k, -1, -2)
    if bias is not None:
        scores = scores.reshape(rows, query_heads, tokens, places) + bias
        scores = scores.reshape(rows, heads, -1, places)
    if _by_powers(q.dtype):
        attended = softmax_of_powers(scores, v)
    else:
        attended = mx.softmax(scores, axis=-1, precise=True) @ v
    return attended.reshape(rows, query_heads, tokens, v.shape[-1])


def _by_powers(dtype: mx.Dtype) -> bool:
    return POWER_IS_FASTER and dtype == mx.float32


def _unit(dtype: mx.Dtype) -> float:
    """What scores are multiples of: powers of two take them as their logarithms to that base."""
    return LOG2_E if _by_powers(dtype) else 1.0


def _fits(mask: mx.array | str | None) -> bool:
    """True when all heads have the same mask."""
    return not isinstance(mask, mx.array) or mask.shape[:-2][-1:] in ((), (1,))


def _bias(mask: mx.array, dtype: mx.Dtype) -> mx.array:
    if mask.dtype != mx.bool_:
        return mask * _unit(dtype)
    # Finite, so that a token that sees nothing has numbers; nobody reads them.
    return mx.where(mask, mx.array(0, dtype), mx.array(mx.finfo(dtype).min, dtype))


def _causal_bias(tokens: int, places: int, dtype: mx.Dtype) -> mx.array:
    """For the last so many of `places`, each seeing all before it and itself."""
    ends = mx.arange(places - tokens, places)
    return _bias(mx.arange(places) <= ends[:, None], dtype)
