"""Blocks of a sequence's caches, and caches as a whole, as plain bytes and back."""

from __future__ import annotations

import math
from typing import Any, cast

import mlx.core as mx
import numpy as np

from ...kv_cache.layer_caches import Caches
from ...kv_cache.token_blocks import States, TokenBlock, leaves_of

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


def describe_block(block: TokenBlock) -> tuple[Any, list[mx.array]]:
    """An outline of a block that JSON can hold, and the arrays, of any shapes, in the
    outline's order."""
    arrays: list[mx.array] = []
    return _outline(list(block.layers), arrays), arrays


def describe_states(states: States) -> tuple[Any, list[mx.array]]:
    """The same of caches, whose arrays have any shapes too; raises Unstorable."""
    arrays: list[mx.array] = []
    return [
        None if state is None else _outline(list(state.state), arrays) for state in states
    ], arrays


def to_bytes(array: mx.array) -> bytes:
    """Copies an array of any shape to the host, waited for."""
    if array.size == 0:
        return b""
    flat = mx.view(mx.flatten(mx.contiguous(array)), mx.uint8)
    return np.asarray(cast("Any", flat)).tobytes()


def restore_block(outline: Any, payload: bytes, length: int) -> TokenBlock:
    """Raises Unstorable; `length`: in tokens."""
    layers = _rebuild(outline, _Pieces(payload))
    return TokenBlock([None if arrays is None else tuple(arrays) for arrays in layers], length)


def restore_states(empty: Caches, outline: Any, payload: bytes) -> States:
    """Fills empty caches of the same model. Raises Unstorable."""
    leaves = leaves_of(empty)
    if len(outline) != len(leaves):
        raise Unstorable("the caches are of another model")
    arrays = _Pieces(payload)
    for leaf, state in zip(leaves, outline, strict=True):
        if state is not None:
            cast("Any", leaf).state = _rebuild(state, arrays)
    return [None if state is None else leaf for leaf, state in zip(leaves, outline, strict=True)]


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
        """The next array of this shape; raises Unstorable where the payload is too short."""
        size = math.prod(shape) * dtype.size
        piece = self._payload[self._place : self._place + size]
        self._place += size
        if len(piece) != size:
            raise Unstorable("the payload is shorter than its outline")
        if size == 0:
            return mx.zeros(shape, dtype)
        flat = mx.array(cast("Any", np.frombuffer(piece, dtype=np.uint8)))
        return mx.view(flat, dtype).reshape(shape)
