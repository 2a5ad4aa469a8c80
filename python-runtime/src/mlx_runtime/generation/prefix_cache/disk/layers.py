"""The caches of one row as plain bytes, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np
from mlx_lm.models.cache import KVCache, QuantizedKVCache

from ...kv_cache.layer_caches import Caches, LayerCache

_TYPES = {
    str(dtype).removeprefix("mlx.core."): dtype
    for dtype in (
        mx.bool_,
        mx.uint8,
        mx.uint16,
        mx.uint32,
        mx.uint64,
        mx.int8,
        mx.int16,
        mx.int32,
        mx.int64,
        mx.float16,
        mx.bfloat16,
        mx.float32,
    )
}


class Unstorable(Exception):
    """A cache whose state is not made of arrays and numbers."""


def describe(caches: Caches) -> tuple[Any, list[mx.array]]:
    """An outline of a row's caches that JSON can hold, and the arrays in the outline's order.

    Raises Unstorable.
    """
    arrays: list[mx.array] = []
    plain = cast("Sequence[LayerCache]", caches)
    return [_outline(_state(cache), arrays) for cache in plain], arrays


def to_bytes(array: mx.array) -> bytes:
    """Copies an array to the host, waited for."""
    if array.size == 0:
        return b""
    flat = mx.view(mx.flatten(mx.contiguous(array)), mx.uint8)
    return np.asarray(cast("Any", flat)).tobytes()


def restore(caches: Caches, outline: Any, payload: bytes) -> None:
    """Fills empty caches of the same model, in place. Raises Unstorable."""
    if len(outline) != len(caches):
        raise Unstorable("the caches are of another model")
    arrays = _Pieces(payload)
    for cache, state in zip(caches, outline, strict=True):
        cast("Any", cache).state = _rebuild(state, arrays)


def _state(cache: LayerCache) -> Any:
    """Without the room that a growing cache keeps for what comes next."""
    if isinstance(cache, (KVCache, QuantizedKVCache)) and not cache.empty():
        growing = cast("Any", cache)
        keys, values = growing.keys_and_values()
        return (keys, values, *growing.state[2:])
    return cache.state


def _outline(value: Any, arrays: list[mx.array]) -> Any:
    if isinstance(value, mx.array):
        arrays.append(value)
        dtype = str(value.dtype).removeprefix("mlx.core.")
        if dtype not in _TYPES:
            raise Unstorable(f"arrays of {dtype}")
        return {"dtype": dtype, "shape": list(value.shape)}
    if isinstance(value, (list, tuple)):
        return [_outline(item, arrays) for item in cast("list[Any]", value)]
    if value is None or isinstance(value, (int, float, str)):
        return value
    raise Unstorable(f"a state with a {type(value).__name__}")


def _rebuild(outline: Any, arrays: _Pieces) -> Any:
    if isinstance(outline, dict):
        facts = cast("dict[str, Any]", outline)
        return arrays.take(_TYPES[facts["dtype"]], facts["shape"])
    if isinstance(outline, list):
        return [_rebuild(item, arrays) for item in cast("list[Any]", outline)]
    return outline


class _Pieces:
    """A payload, cut into arrays from its start to its end."""

    def __init__(self, payload: bytes) -> None:
        self._payload = memoryview(payload)
        self._place = 0

    def take(self, dtype: mx.Dtype, shape: list[int]) -> mx.array:
        size = math.prod(shape) * dtype.size
        piece = self._payload[self._place : self._place + size]
        self._place += size
        if len(piece) != size:
            raise Unstorable("the payload is shorter than its outline")
        if size == 0:
            return mx.zeros(shape, dtype)
        flat = mx.array(cast("Any", np.frombuffer(piece, dtype=np.uint8)))
        return mx.view(flat, dtype).reshape(shape)
