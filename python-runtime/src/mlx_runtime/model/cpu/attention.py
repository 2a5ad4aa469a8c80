"""Attention for CPUs.

MLX composes it there from products per query head, a choice per score for the
mask, and a softmax over all of them. Here the query heads of a group, which
attend to the same keys, share one product; a mask is added rather than chosen by;
and a causal prompt is computed in blocks of queries, each against the keys that
it may attend to, which leaves out half of the work.

All rows that begin with the same tokens attend to them in one product (Juravsky et al.,
"Hydragen: High-throughput LLM inference with shared prefixes", 2024).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import mlx.core as mx

from ..ragged_keys import RaggedKeys, attend_raggedly
from . import host
from .exponentials import POWER_IS_FASTER, exponential, unit
from .prefixed_keys import PrefixedKeys, PrefixKeys

_fast = cast("Any", mx.fast)
_original: Callable[..., mx.array] = _fast.scaled_dot_product_attention

_BLOCK = 64
"""Queries that are computed together. With fewer, more time goes into calling than computing;
with more, into scores of keys that the first of them may not attend to."""
_BLOCK_AT_ONCE = 128
"""The same where attention is computed at once, which takes longer to call."""
_MOST_SCORED = 512
"""Queries whose scores for a prefix are held at the same time, per head."""


def scaled_dot_product_attention(
    q: mx.array,
    k: mx.array | PrefixedKeys | RaggedKeys,
    v: mx.array,
    *,
    scale: float,
    mask: mx.array | str | None = None,
    sinks: mx.array | None = None,
    **options: Any,
) -> mx.array:
    """q: (rows, query heads, tokens, size), k and v: (rows, heads, places, size).

    Of keys with prefixes, `v` and `mask` (rows, 1, tokens, places) belong to what follows those,
    all of which is seen; raises NotImplementedError where that does not suffice.
    """
    if isinstance(k, RaggedKeys):
        own = scaled_dot_product_attention
        return attend_raggedly(own, q, k, scale=scale, sinks=sinks, **options)
    if isinstance(k, PrefixedKeys):
        if sinks is not None or options or not _is_per_row(mask) or q.dtype != mx.float32:
            raise NotImplementedError("attention of this kind to keys in parts")
        return _attend_in_parts(q, k, v, scale, cast("mx.array", mask))
    if sinks is not None or options or not _fits(mask) or q.shape[2] == 0:
        # Vision towers may have windows without a patch.
        return _original(q, k, v, scale=scale, mask=mask, sinks=sinks, **options)
    tokens, places = q.shape[2], k.shape[2]
    if isinstance(mask, mx.array):
        return _attend(q, k, v, scale, _bias(mask, q.dtype))
    if mask is None or tokens == 1:
        # The last token sees all that a causal mask shows.
        return _attend(q, k, v, scale, None)
    parts: list[mx.array] = []
    at_once = host.is_for_host(math.prod(q.shape[:3]) * places, q.dtype)
    together = _BLOCK_AT_ONCE if at_once else _BLOCK
    for start in range(0, tokens, together):
        end = min(start + together, tokens)
        seen = places - tokens + end
        block = q[:, :, start:end]
        parts.append(_attend_causally(block, k[:, :, :seen], v[:, :, :seen], scale))
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)


def _attend(q: mx.array, k: mx.array, v: mx.array, scale: float, bias: mx.array | None) -> mx.array:
    """`bias`: what to add to scores of (rows or 1, 1, tokens, places)."""
    grouped = _grouped(q, scale, k.shape[1])
    if bias is None and host.is_for_host(math.prod(q.shape[:3]) * k.shape[2], q.dtype):
        return host.attend(grouped, k, v).reshape(*q.shape[:3], v.shape[-1])
    scores = _scores(grouped, k, bias, q.shape[2])
    if POWER_IS_FASTER and q.dtype == mx.float32:
        attended = _weigh(scores, v).result()
    else:
        attended = mx.softmax(scores, axis=-1, precise=True) @ v
    return attended.reshape(*q.shape[:3], v.shape[-1])


def _attend_causally(q: mx.array, k: mx.array, v: mx.array, scale: float) -> mx.array:
    """Of the tokens at the last places."""
    tokens, places = q.shape[2], k.shape[2]
    if host.is_for_host(math.prod(q.shape[:3]) * places, q.dtype):
        grouped = _grouped(q, scale, k.shape[1])
        return host.attend(grouped, k, v, tokens).reshape(*q.shape[:3], v.shape[-1])
    return _attend(q, k, v, scale, _causal_bias(tokens, places, q.dtype))


def _grouped(q: mx.array, scale: float, heads: int) -> mx.array:
    """(rows, heads, queries, size): a query for each head of its group and each token."""
    return (q * (scale * unit(q.dtype))).reshape(q.shape[0], heads, -1, q.shape[-1])


def _scores(
    grouped: mx.array, k: mx.array, bias: mx.array | None = None, tokens: int = 1
) -> mx.array:
    """(rows, heads, queries, places); `tokens`: how many queries of each head there are."""
    scores = grouped @ mx.swapaxes(k, -1, -2)
    if bias is None:
        return scores
    # Four axes: MLX adds along five of them at half the speed.
    of_heads = scores.reshape(scores.shape[0], -1, tokens, scores.shape[-1])
    return (of_heads + bias).reshape(scores.shape)


class _Weighed(NamedTuple):
    """A softmax over some of the places, to be joined with that over others."""

    maximum: mx.array
    """(rows, heads, queries, 1), like `total`: the largest score."""
    total: mx.array
    values: mx.array
    """(rows, heads, queries, size)"""

    def result(self) -> mx.array:
        """(rows, heads, queries, size)"""
        return self.values / self.total

    def join(self, other: _Weighed) -> mx.array:
        """The softmax over the places of both, (rows, heads, queries, size)."""
        maximum = mx.maximum(self.maximum, other.maximum)
        mine, its = exponential(self.maximum - maximum), exponential(other.maximum - maximum)
        total = self.total * mine + other.total * its
        return (self.values * mine + other.values * its) / total


def _weigh(scores: mx.array, v: mx.array) -> _Weighed:
    """Divided by the sum only in the end: there are fewer numbers left."""
    maximum = mx.max(scores, axis=-1, keepdims=True)
    powers = exponential(scores - maximum)
    return _Weighed(maximum, mx.sum(powers, axis=-1, keepdims=True), powers @ v)


def _attend_in_parts(
    q: mx.array, keys: PrefixedKeys, v: mx.array, scale: float, mask: mx.array
) -> mx.array:
    grouped = _grouped(q, scale, v.shape[1])
    suffix = _weigh(_scores(grouped, keys.suffix, _bias(mask, q.dtype), q.shape[2]), v)
    parts = [_weigh_prefix(grouped, prefix) for prefix in keys.prefixes]
    without = q.shape[0] - sum(len(prefix.rows) for prefix in keys.prefixes)
    if without:
        parts.append(_nothing(suffix, without))
    columns = [mx.concatenate(list(column)) for column in zip(*parts, strict=True)]
    if keys.order is not None:
        columns = [column[keys.order] for column in columns]
    attended = suffix.join(_Weighed(*columns))
    return attended.reshape(*q.shape[:3], v.shape[-1])


def _weigh_prefix(grouped: mx.array, prefix: PrefixKeys) -> _Weighed:
    """What a prefix's rows find in it, in their order."""
    rows = prefix.rows
    first, last = rows[0], rows[-1]
    together = last - first + 1 == len(rows)
    mine = grouped[first : last + 1] if together else grouped[mx.array(list(rows))]
    _, heads, queries, size = mine.shape
    stacked = mx.swapaxes(mine, 0, 1).reshape(1, heads, -1, size)
    pieces = [
        _weigh(_scores(stacked[:, :, start : start + _MOST_SCORED], prefix.keys), prefix.values)
        for start in range(0, stacked.shape[2], _MOST_SCORED)
    ]
    columns = [mx.concatenate(list(column), axis=2) for column in zip(*pieces, strict=True)]
    apart = [column.reshape(heads, len(rows), queries, -1) for column in columns]
    return _Weighed(*(mx.swapaxes(column, 0, 1) for column in apart))


def _nothing(like: _Weighed, rows: int) -> _Weighed:
    """Weighs nothing beside anything else."""
    zeros = mx.zeros((rows, *like.values.shape[1:]))
    least = mx.full((rows, *like.maximum.shape[1:]), mx.finfo(mx.float32).min)
    return _Weighed(least, zeros[..., :1], zeros)


def _is_per_row(mask: mx.array | str | None) -> bool:
    return isinstance(mask, mx.array) and mask.shape[1:-2] == (1,)


def _fits(mask: mx.array | str | None) -> bool:
    """True when all heads have the same mask."""
    return not isinstance(mask, mx.array) or mask.shape[:-2][-1:] in ((), (1,))


def _bias(mask: mx.array, dtype: mx.Dtype) -> mx.array:
    if mask.dtype != mx.bool_:
        return mask * unit(dtype)
    # Finite, so that a token that sees nothing has numbers; nobody reads them.
    return mx.where(mask, mx.array(0, dtype), mx.array(mx.finfo(dtype).min, dtype))


def _causal_bias(tokens: int, places: int, dtype: mx.Dtype) -> mx.array:
    """For the last so many of `places`, each seeing all before it and itself."""
    ends = mx.arange(places - tokens, places)
    return _bias(mx.arange(places) <= ends[:, None], dtype)
