"""Functions of exponentials computed by NumPy, for x86 CPUs.

MLX takes 6 ns and more there for each number, one at a time; NumPy's vectorised exponential
takes half of one. Where thousands of patches of an image attend to each other, or tokens of a
prompt to thousands before them, that is most of the time. What is computed like this is
computed at once, while the graph is built, so it is for passes whose launch may block, and
that run in one lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from .exponentials import POWER_IS_FASTER

Floats = NDArray[np.float32]

COMPUTES_AT_ONCE = POWER_IS_FASTER
"""False: `computing_at_once` changes nothing here."""

_FEWEST = 1 << 16
"""Numbers; with fewer, leaving MLX's graph and entering it again costs more than it saves."""
_MOST_SCORES = 1 << 22
"""That are held at the same time: 16 MiB. The memory of more is new to the process each time."""
_IN_CACHE = 1 << 15
"""Numbers that stay in a core's own cache between the passes over them."""

_thread = threading.local()


@contextmanager
def computing_at_once() -> Generator[None]:
    """Inside, this thread computes what is large enough with NumPy, at once."""
    before = _computes_at_once()
    _thread.at_once = COMPUTES_AT_ONCE
    try:
        yield
    finally:
        _thread.at_once = before


def is_for_host(count: int, dtype: mx.Dtype) -> bool:
    """`count`: numbers of which an exponential is needed."""
    return dtype == mx.float32 and count >= _FEWEST and _computes_at_once()


def attend(grouped: mx.array, k: mx.array, v: mx.array, causal: int = 0) -> mx.array:
    """Attention: (rows, heads, queries, size) from queries of that shape, multiplied with the
    scale and log2(e), and keys and values (rows, heads, places, size).

    `causal`: each query sees every key if 0. Otherwise the queries are, for one query head after
    another, those of the last so many places, and do not attend to the places behind their own."""
    rows, heads, queries, _ = grouped.shape
    keys = mx.swapaxes(k, -1, -2)
    together = max(1, _MOST_SCORES // (rows * heads * k.shape[2]))
    hidden = np.triu(np.full((causal, causal), -np.inf, np.float32), 1)
    parts: list[mx.array] = []
    for first in range(0, queries, together):
        scores = grouped[:, :, first : first + together] @ keys
        if causal:
            order = np.arange(first, first + scores.shape[2]) % causal
            _numbers(scores)[..., -causal:] += hidden[order]
        totals = _to_powers(scores)
        part = (scores @ v) / totals
        # Lets go of the scores.
        mx.eval(part)
        parts.append(part)
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)


def in_blocks(change: Callable[[Floats], None], x: mx.array) -> mx.array:
    """What a function of single numbers makes of an array of any shape; it is given a copy of
    some of them at a time, to be changed where they are."""
    # Memory of their own, in order.
    results = mx.contiguous(x) * 1.0
    numbers = _numbers(results).reshape(-1)
    for first in range(0, len(numbers), _IN_CACHE):
        change(numbers[first : first + _IN_CACHE])
    return results


def _computes_at_once() -> bool:
    return getattr(_thread, "at_once", False)


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
