"""Functions of exponentials computed by NumPy, for x86 CPUs.

MLX takes 6 ns and more there for each number, one at a time; NumPy's vectorised exponential
takes half of one. Where thousands of patches of an image look at each other that is most of
the time. What is computed like this is computed at once, in the middle of building a graph,
so it is for vision towers alone: nobody waits for what they begin, only for their end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from .exponentials import LOG2_E, POWER_IS_FASTER

Floats = NDArray[np.float32]

_FEWEST = 1 << 16
"""Numbers; with fewer, leaving MLX's graph and entering it again costs more than it saves."""
_MOST_SCORES = 1 << 24
"""That are held at the same time: 64 MiB."""
_IN_CACHE = 1 << 15
"""Numbers that stay in a core's own cache between the passes over them."""
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_SCALE = 0.3275911

_thread = threading.local()


@contextmanager
def computing_at_once() -> Generator[None]:
    """Has this thread compute here what is large enough, as long as it lasts."""
    _thread.at_once = POWER_IS_FASTER
    try:
        yield
    finally:
        _thread.at_once = False


def is_for_host(count: int, dtype: mx.Dtype) -> bool:
    """`count`: numbers of which an exponential is needed."""
    return dtype == mx.float32 and count >= _FEWEST and getattr(_thread, "at_once", False)


def attend(grouped: mx.array, k: mx.array, v: mx.array) -> mx.array:
    """Attention in which each query sees every key: (rows, heads, queries, size) from queries
    of that shape, multiplied with the scale and log2(e), and keys and values
    (rows, heads, places, size)."""
    rows, heads, queries, _ = grouped.shape
    keys = mx.swapaxes(k, -1, -2)
    together = max(1, _MOST_SCORES // (rows * heads * k.shape[2]))
    parts: list[mx.array] = []
    for first in range(0, queries, together):
        scores = grouped[:, :, first : first + together] @ keys
        totals = _to_powers(scores)
        part = (scores @ v) / totals
        # Lets go of the scores.
        mx.eval(part)
        parts.append(part)
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)


def sigmoid(a: mx.array) -> mx.array:
    """1 / (1 + e**-a), for any shape."""
    return _in_blocks(_sigmoid, a)


def erf(a: mx.array) -> mx.array:
    """The error function within 2e-7, for any shape, by formula 7.1.26 of Abramowitz and
    Stegun's Handbook of Mathematical Functions."""
    return _in_blocks(_erf, a)


def _to_powers(scores: mx.array) -> mx.array:
    """Turns scores (..., places) into powers of two, in their own memory, and sums them up:
    (..., 1)."""
    powers = _numbers(scores).reshape(-1, scores.shape[-1])
    totals = np.empty((len(powers), 1), np.float32)
    together = max(1, _IN_CACHE // powers.shape[1])
    for first in range(0, len(powers), together):
        block = powers[first : first + together]
        block -= block.max(axis=-1, keepdims=True)
        np.exp2(block, out=block)
        block.sum(axis=-1, keepdims=True, out=totals[first : first + together])
    return mx.array(totals).reshape(*scores.shape[:-1], 1)


def _numbers(a: mx.array) -> Floats:
    """Of a float32 array, waited for, in its own memory."""
    return np.asarray(cast("Any", a), dtype=np.float32)


def _in_blocks(function: Callable[[Floats], Floats], a: mx.array) -> mx.array:
    """Of each number of an array of any shape."""
    numbers = _numbers(a).reshape(-1)
    results = np.empty_like(numbers)
    for first in range(0, len(numbers), _IN_CACHE):
        block = slice(first, first + _IN_CACHE)
        results[block] = function(numbers[block])
    return mx.array(results).reshape(a.shape)


def _sigmoid(a: Floats) -> Floats:
    powers: Floats = a * np.float32(-LOG2_E)
    # Where this is infinite the result is 0, as it should be.
    with np.errstate(over="ignore"):
        np.exp2(powers, out=powers)
    powers += 1
    np.reciprocal(powers, out=powers)
    return powers


def _erf(a: Floats) -> Floats:
    distance = np.abs(a)
    nearness = np.reciprocal(distance * np.float32(_ERF_SCALE) + np.float32(1))
    series = np.zeros_like(a)
    for factor in reversed(_ERF):
        series += np.float32(factor)
        series *= nearness
    series *= np.exp2(distance * distance * np.float32(-LOG2_E))
    np.subtract(np.float32(1), series, out=series)
    return np.copysign(series, a)
