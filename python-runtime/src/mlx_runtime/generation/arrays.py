"""Typed doors to the untyped parts of MLX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np

from .host_arrays import Floats

_mx = cast("Any", mx)


def start(*trees: object) -> None:
    """Starts computing all arrays of some trees, without waiting."""
    _mx.async_eval(*trees)


def wait(*trees: object) -> None:
    """Blocks until all arrays of some trees are computed."""
    _mx.eval(*trees)


def to_host(array: mx.array) -> Floats:
    """A float32 array of any shape as numpy, waited for; not copied where memory is shared."""
    return np.asarray(cast("Any", array), dtype=np.float32)


def to_integer_rows(array: mx.array) -> list[list[int]]:
    """(rows, n) integers as lists, waited for."""
    return cast("list[list[int]]", array.tolist())


def token_array(tokens: Sequence[int] | Sequence[Sequence[int]]) -> mx.array:
    """(tokens,) or (rows, tokens), uint32; rows are equally long."""
    return mx.array(cast("Any", tokens), mx.uint32)


def integer_array(values: Sequence[int]) -> mx.array:
    """(values,), int32."""
    return mx.array(cast("Any", list(values)), mx.int32)


def on_gpu() -> bool:
    return mx.default_device().type == mx.DeviceType.gpu
