"""Attention for CUDA that plans nothing.

MLX gives attention to several tokens, and any with a mask, to cuDNN, which
plans every shape anew for tens of milliseconds and reads all keys whatever the
mask says. A server meets new shapes all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

import mlx.core as mx

from ..ragged_keys import RaggedKeys, attend_raggedly
from .kernel import NUMBERS, Kernel

_fast = cast("Any", mx.fast)
_original: Callable[..., mx.array] = _fast.scaled_dot_product_attention

STRETCH = 1024
"""Keys that one block attends to for a single token. Fixed, so that the order in which a row's
numbers are added up does not depend on its neighbours."""
SIZES = (64, 128)
LARGEST_GROUP = 6
"""Query heads of a key head up to which one block holds them all in registers."""
_LINES = 64
"""(token, query head) pairs of a tile of queries, and keys of a tile of keys."""
_NO_MASK, _CAUSAL, _ARRAY = 0, 1, 2


def scaled_dot_product_attention(
    q: mx.array,
    k: mx.array | RaggedKeys,
    v: mx.array,
    *,
    scale: float,
    mask: mx.array | str | None = None,
    sinks: mx.array | None = None,
    **options: Any,
) -> mx.array:
    """q: (rows, query heads, tokens, size), k and v: (rows, heads, places, size).

    Returns (rows, query heads, tokens, size). What is not served here is left to MLX.
    """
    if isinstance(k, RaggedKeys):
        own = scaled_dot_product_attention
        return attend_raggedly(own, q, k, scale=scale, sinks=sinks, **options)
    if sinks is not None or options or not serves(q, k, v, mask):
        return _original(q, k, v, scale=scale, mask=mask, sinks=sinks, **options)
    single = q.shape[2] == 1 and q.shape[1] // k.shape[1] <= LARGEST_GROUP
    attended = (_attend_one if single else _attend_many)(q, k, v, mask, scale)
    # The kernels write (rows, tokens, query heads, size), which models reshape to next.
    return mx.swapaxes(attended, 1, 2)


def serves(q: mx.array, k: mx.array, v: mx.array, mask: mx.array | str | None) -> bool:
    """True for what the kernels compute, and faster than MLX does.

    q: (rows, heads, tokens, size), k, v: (rows, key heads, places, size), mask: None, a kind,
    or (rows or 1, 1, tokens, places).
    """
    rows, _, tokens, size = q.shape
    if q.dtype not in (mx.bfloat16, mx.float16) or not q.dtype == k.dtype == v.dtype:
        return False
    if size not in SIZES or v.shape[-1] != size:
        return False
    if isinstance(mask, mx.array):
        # The same for all heads, and given for every token and key.
        same = mask.dtype == mx.bool_ and mask.shape[1:] == (1, tokens, k.shape[2])
        return same and mask.shape[0] in (1, rows)
    # One token without a mask is a row alone, whose cache MLX reads where it lies.
    return mask in (None, "causal") and tokens > 1


def _attend_one(
    q: mx.array, k: mx.array, v: mx.array, mask: mx.array | str | None, scale: float
) -> mx.array:
    """(rows, 1, query heads, size)"""
    rows, heads, _, size = q.shape
    keys = k.shape[2]
    splits = -(-keys // STRETCH)
    shape = (rows, 1, heads, size)
    masked = isinstance(mask, mx.array)
    out, partial = _one_kernel(size, heads // k.shape[1], NUMBERS[q.dtype])(
        [q, k, v, mask if isinstance(mask, mx.array) else q],
        [
            (shape if splits == 1 else (1,), q.dtype),
            ((1,) if splits == 1 else (rows, heads, splits, size + 2), mx.float32),
        ],
        [keys, STRETCH, masked, _mask_stride(mask), scale],
        (splits, k.shape[1], rows),
    )
    if splits == 1:
        return out
    return join_splits(partial, shape, q.dtype)


def join_splits(partial: mx.array, shape: Sequence[int], dtype: mx.Dtype) -> mx.array:
    """What blocks found for each query in stretches of keys, (rows, heads, splits, size + 2),
    joined: of the `shape` that is asked for, (rows, ..., heads, size) in memory."""
    rows, heads, splits, width = partial.shape
    join = _join_kernel(width - 2, NUMBERS[dtype])
    return join([partial], [(shape, dtype)], [splits], (rows * heads, 1, 1))[0]


def _attend_many(
    q: mx.array, k: mx.array, v: mx.array, mask: mx.array | str | None, scale: float
) -> mx.array:
    """(rows, tokens, query heads, size)"""
    rows, heads, tokens, size = q.shape
    group = heads // k.shape[1]
    masking = _ARRAY if isinstance(mask, mx.array) else _NO_MASK if mask is None else _CAUSAL
    (out,) = _many_kernel(size, group, NUMBERS[q.dtype], masking)(
        [q, k, v, mask if isinstance(mask, mx.array) else q],
        [((rows, tokens, heads, size), q.dtype)],
        [tokens, k.shape[2], _mask_stride(mask), scale],
        (-(-tokens * group // _LINES), k.shape[1], rows),
    )
    return out


def _mask_stride(mask: mx.array | str | None) -> int:
    """Bools of a row; 0 where all rows have the same."""
    if not isinstance(mask, mx.array) or mask.shape[0] == 1:
        return 0
    return mask.shape[2] * mask.shape[3]


@cache
def _one_kernel(size: int, group: int, number: int) -> Kernel:
    # Needed once somebody's text is long; to be compiled while the model loads.
    _join_kernel(size, number)
    definitions = {"SIZE": size, "GROUP": group, "NUMBER": number, "NEXT": 0}
    return Kernel("decode_attention.cu", "attend_one", 256, definitions)


@cache
def _join_kernel(size: int, number: int) -> Kernel:
    return Kernel("join_splits.cu", "join_splits", size, {"SIZE": size, "NUMBER": number})


@cache
def _many_kernel(size: int, group: int, number: int, masking: int) -> Kernel:
    definitions = {"SIZE": size, "GROUP": group, "NUMBER": number, "MASKING": masking}
    # One tile of queries, two of keys, two of values, of 2 bytes a number.
    shared = 5 * _LINES * size * 2
    return Kernel("prefill_attention.cu", "attend_many", 128, definitions, shared)
