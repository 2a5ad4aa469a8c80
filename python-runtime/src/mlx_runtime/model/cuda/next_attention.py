"""All that attention does for the next token of each row of a batch, in one kernel."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import mlx.core as mx

from .attention import LARGEST_GROUP, SIZES, STRETCH, join_splits
from .kernel import NUMBERS, Kernel


class NextPlaces(NamedTuple):
    """Where rows keep their keys and values, and room for one more of each."""

    keys: mx.array
    """(rows, heads, places, size), like `values`; contiguous, and read by nobody at the places
    behind a row's tokens."""
    values: mx.array
    lengths: mx.array
    """(rows,), int32: the tokens of each row, so the place and position of its next one."""
    longest: int
    """The largest of them."""


class HeadNorms(NamedTuple):
    """Of models that normalise each head before they turn it."""

    q_weight: mx.array
    """(size,), like `k_weight`."""
    k_weight: mx.array
    epsilon: float


_HALVES = (mx.bfloat16, mx.float16)


def serves_next(heads: int, key_heads: int, size: int, dtype: mx.Dtype) -> bool:
    """True for models whose attention `attend_next` computes."""
    return size in SIZES and dtype in _HALVES and heads // key_heads <= LARGEST_GROUP


def attend_next(
    qkv: mx.array,
    places: NextPlaces,
    inverse: mx.array,
    *,
    scale: float,
    norms: HeadNorms | None,
) -> mx.array:
    """(rows, query heads * size): what the queries find, their own new keys included.

    qkv: (rows, (query heads + 2 * key heads) * size), products of the new tokens. `inverse`:
    (size / 2,), float32, radians per position. Writes to `places`: who reads these keys and
    values again must do so in operations that depend on what is returned, or start later.
    """
    rows, key_heads, held, size = places.keys.shape
    heads = qkv.shape[1] // size - 2 * key_heads
    splits = -(-(places.longest + 1) // STRETCH)
    shape = (rows, heads * size)
    q_weight, k_weight, epsilon = (qkv, qkv, 0.0) if norms is None else norms
    kernel = _kernel(size, heads // key_heads, NUMBERS[qkv.dtype], norms is not None)
    out, partial = kernel(
        [qkv, places.keys, places.values, places.lengths, inverse, q_weight, k_weight],
        [
            (shape if splits == 1 else (1,), qkv.dtype),
            ((1,) if splits == 1 else (rows, heads, splits, size + 2), mx.float32),
        ],
        [held, STRETCH, scale, epsilon],
        (splits, key_heads, rows),
    )
    return out if splits == 1 else join_splits(partial, shape, qkv.dtype)


@cache
def _kernel(size: int, group: int, number: int, normed: bool) -> Kernel:
    definitions = {"SIZE": size, "GROUP": group, "NUMBER": number, "NEXT": 1, "NORMED": int(normed)}
    return Kernel("decode_attention.cu", "attend_next", 256, definitions)
