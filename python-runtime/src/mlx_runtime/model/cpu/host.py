"""Functions of exponentials computed by NumPy, for x86 CPUs.

MLX takes 6 ns and more there for each number, one at a time; NumPy's vectorised exponential
takes half of one. Where thousands of patches of an image attend to each other, or tokens of a
prompt to thousands before them, that is most of the time. What is computed like this is
computed at once, while the graph is built, so it is for passes whose launch may block, and
that run in one lane.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, cast

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from .blas import find_blas, find_numpy_blas
from .exponentials import POWER_IS_FASTER

Floats = NDArray[np.float32]

COMPUTES_AT_ONCE = POWER_IS_FASTER
"""False: `computing_at_once` changes nothing here."""

_FEWEST = 1 << 16
"""Numbers; with fewer, leaving MLX's graph and entering it again costs more than it saves."""
_MOST_QUERIES = 192
_FEWEST_QUERIES = 32
"""Whose scores one thread computes together; of fewer, products take longer for each."""
_PLACES_TOGETHER = 4096
"""For which it does so, lest the scores leave the core's cache."""
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
    another, those of the last so many places, and do not see the places behind their own.

    Pieces of the queries are computed beside each other by as many threads as a product of MLX
    would have now, each with all of the keys of its head.
    """
    q, keys, values = _numbers(grouped), _numbers(k), _numbers(v)
    rows, heads, queries, _ = q.shape
    attended = np.empty((rows, heads, queries, values.shape[-1]), np.float32)
    hidden = _hidden(queries, causal)
    threads = _threads()
    together = _queries_together(queries, rows * heads, threads)

    def attend_piece(piece: tuple[int, int, int]) -> None:
        row, head, first = piece
        part = slice(first, first + together)
        own, seen = q[row, head, part], keys[row, head]
        attended[row, head, part] = _attend(own, seen, values[row, head], hidden[part])

    pieces = [
        (row, head, first)
        for row in range(rows)
        for head in range(heads)
        for first in range(0, queries, together)
    ]
    if threads == 1:
        for piece in pieces:
            attend_piece(piece)
    else:
        list(_pool(threads).map(attend_piece, pieces))
    return mx.array(attended)


@lru_cache(4)
def _hidden(queries: int, causal: int) -> Floats:
    """(queries, causal): what is to be added to the scores of the last places; not
    to be changed."""
    one = np.triu(np.full((causal, causal), -np.inf, np.float32), 1)
    return np.tile(one, (queries // causal if causal else queries, 1))


def _attend(q: Floats, keys: Floats, values: Floats, hidden: Floats) -> Floats:
    """(queries, size) from q (queries, size), keys and values (places, size), over some of the
    places at a time; `hidden` (queries, last places) is added to those scores.

    The softmax goes along: what was summed up is made smaller when a larger score is found (Milakov
    and Gimelshein, "Online normalizer calculation for softmax", 2018).
    """
    places, causal = len(keys), hidden.shape[1]
    turned = np.transpose(keys)
    borders = [*range(0, max(1, places - causal), _PLACES_TOGETHER), places]
    memory = np.empty((len(q), min(places, _PLACES_TOGETHER + causal)), np.float32)
    maximum = np.full((len(q), 1), -np.inf, np.float32)
    total = np.zeros((len(q), 1), np.float32)
    summed = np.zeros((len(q), values.shape[1]), np.float32)
    for begin, end in pairwise(borders):
        scores = memory[:, : end - begin]
        np.matmul(q, turned[:, begin:end], out=scores)
        if causal and end == places:
            scores[:, -causal:] += hidden
        highest = np.maximum(maximum, scores.max(axis=1, keepdims=True))
        scores -= highest
        np.exp2(scores, out=scores)
        smaller = np.exp2(maximum - highest)
        total *= smaller
        total += scores.sum(axis=1, keepdims=True)
        summed *= smaller
        summed += scores @ values[begin:end]
        maximum = highest
    summed /= total
    return summed


def _queries_together(queries: int, groups: int, threads: int) -> int:
    """Pieces as large as they may be of which all threads get equally many."""
    parts = math.ceil(queries / _MOST_QUERIES)
    while groups * parts % threads and queries > parts * _FEWEST_QUERIES:
        parts += 1
    return math.ceil(queries / parts)


def _threads() -> int:
    _have_numpy_use_one_thread()
    blas = find_blas()
    return 1 if blas is None else max(1, blas.threads)


@cache
def _have_numpy_use_one_thread() -> None:
    """For each product: those of pieces run beside each other."""
    blas = find_numpy_blas()
    if blas is not None:
        blas.use(1)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "attention")


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


def _numbers(a: mx.array) -> Floats:
    """Of a float32 array, waited for, in its own memory."""
    return np.asarray(cast("Any", a), dtype=np.float32)
