"""Sampling inside the device's graph, for all rows at once.

The same definition as `host_sampler`: a row keeps the tokens whose logit
reaches its threshold, and takes the inverse of their cumulative distribution,
in token-id order, at one uniform draw. Thresholds are found by bisection
instead of sorting: every round is one pass over the logits and needs nothing
from the host, so the next step can start before this one's tokens are read. On
CUDA all of it is one kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, cast

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ...model.cuda import own_kernels_in_use, sample_rows
from ...wire import WireSampling
from .logits_processors import LogitsUpdate

_DEPTH = 32.0
"""Tokens this many nats below the best one carry nothing that float32 could count."""
_DRAW = 4
"""The column of draws in what the kernel takes."""
_ROUNDS = 25
"""Leaves thresholds sharp to 32 / 2**25 nats, float32's own resolution."""


class DeviceSampler:
    """The settings of a batch's rows as arrays, kept until the rows change."""

    def __init__(self, rows: Sequence[WireSampling], vocabulary: int) -> None:
        cold = [row.temperature == 0 for row in rows]
        self._greedy = mx.array(cold)
        self._only_greedy = all(cold)
        warm = [row for row in rows if row.temperature > 0]
        self._top_k = any(0 < row.top_k < vocabulary for row in warm)
        self._top_p = any(row.top_p < 1 for row in warm)
        self._inverse_temperature = _column(1 / max(row.temperature, 1e-6) for row in rows)
        self._counts = _column(row.top_k or vocabulary for row in rows)
        self._masses = _column(row.top_p for row in rows)
        self._floors = _column(np.log(max(row.min_p, 1e-30)) for row in rows)
        self._settings = sampler_settings(rows) if own_kernels_in_use() else None

    def __call__(self, logits: mx.array, draws: Sequence[float]) -> tuple[mx.array, mx.array]:
        """Tokens and the largest logits, each (rows,), from float32 logits (rows, vocabulary).

        A largest logit that is not finite says that the row has no token to sample.
        """
        if self._only_greedy:
            return mx.argmax(logits, axis=-1), mx.max(logits, axis=-1)
        if self._settings is not None:
            self._settings[:, _DRAW] = np.fromiter(draws, dtype=np.float32)
            return sample_rows(logits, mx.array(self._settings))
        best = mx.argmax(logits, axis=-1)
        max_logits = mx.max(logits, axis=-1)
        scaled = (logits - max_logits[:, None]) * self._inverse_temperature
        weights = mx.exp(scaled)
        kept = self._kept(scaled, weights)
        cumulative = mx.cumsum(kept, axis=-1)
        below = cumulative <= _column(draws) * cumulative[:, -1:]
        token = mx.minimum(below.sum(axis=-1), logits.shape[-1] - 1)
        # Rounding may carry the draw past the last kept token.
        inside = mx.take_along_axis(kept, token[:, None], axis=-1)[:, 0] > 0
        use_best = self._greedy | ~inside
        return mx.where(use_best, best, token.astype(mx.uint32)), max_logits

    def _kept(self, scaled: mx.array, weights: mx.array) -> mx.array:
        """The weights of the tokens that stay possible, 0 for the others.

        Top-p works on what top-k left over; min-p counts only in the end.
        Passes that no row of the batch needs are left out.
        """
        threshold, left = self._floors, weights
        if self._top_k:
            most = _threshold(scaled, mx.ones_like(weights), self._counts)
            left = mx.where(scaled >= most, weights, 0.0)
            threshold = mx.maximum(threshold, most)
        if self._top_p:
            target = self._masses * left.sum(axis=-1, keepdims=True)
            threshold = mx.maximum(threshold, _threshold(scaled, left, target))
        return mx.where(scaled >= threshold, weights, 0.0)


def update_on_device(logits: mx.array, updates: Sequence[tuple[int, LogitsUpdate]]) -> mx.array:
    """Float32 logits (rows, vocabulary) after the updates of some rows, given by index."""
    vocabulary = logits.shape[-1]
    places = mx.array(np.concatenate([row * vocabulary + update.ids for row, update in updates]))
    scale = mx.array(np.concatenate([update.scale for _, update in updates]))
    amount = mx.array(np.concatenate([update.amount for _, update in updates]))
    flat = mx.flatten(logits)
    values = flat[places]
    flat[places] = mx.where(values > 0, values / scale, values * scale) + amount
    return mx.unflatten(flat, 0, logits.shape)


def _threshold(scaled: mx.array, weights: mx.array, target: mx.array) -> mx.array:
    """The highest value v, per row, for which tokens with `scaled` >= v weigh `target`.

    scaled, weights: (rows, vocabulary), target: (rows, 1). The lower end of
    the last interval is returned: what it keeps always reaches the target.
    """
    low = mx.full(target.shape, -_DEPTH)
    high = mx.zeros(target.shape)
    at_best = mx.where(scaled >= 0.0, weights, 0.0).sum(axis=-1, keepdims=True) >= target
    halve = _halving()
    for _ in range(_ROUNDS):
        low, high = halve(scaled, weights, target, low, high)
    everything = mx.where(low > -_DEPTH, low, -mx.inf)
    return mx.where(at_best, 0.0, everything)


@cache
def _halving() -> Callable[..., tuple[mx.array, mx.array]]:
    """One round of the bisection. Compiled by itself: all rounds share three small kernels,
    where compiling the whole search makes a different one for every round."""

    def halve(
        scaled: mx.array, weights: mx.array, target: mx.array, low: mx.array, high: mx.array
    ) -> tuple[mx.array, mx.array]:
        """`scaled`, `weights`: (rows, vocabulary), all else and what is returned: (rows, 1)."""
        middle = (low + high) / 2
        reached = mx.where(scaled >= middle, weights, 0.0).sum(axis=-1, keepdims=True) >= target
        return mx.where(reached, middle, low), mx.where(reached, high, middle)

    return cast("Callable[..., tuple[mx.array, mx.array]]", cast(Any, mx).compile(halve))


def sampler_settings(
    rows: Sequence[WireSampling], draws: Sequence[float] | None = None
) -> NDArray[np.float32]:
    """(rows, 5), as `sample_rows` takes them; `draws`: (rows,), absent: all 0."""
    settings = np.array(
        [
            (
                0 if row.temperature == 0 else 1 / max(row.temperature, 1e-6),
                row.top_k,
                row.top_p,
                np.log(max(row.min_p, 1e-30)),
                0,
            )
            for row in rows
        ],
        dtype=np.float32,
    )
    if draws is not None:
        settings[:, _DRAW] = draws
    return settings


def _column(values: Iterable[float]) -> mx.array:
    return mx.array(np.fromiter(values, dtype=np.float32)[:, None])
