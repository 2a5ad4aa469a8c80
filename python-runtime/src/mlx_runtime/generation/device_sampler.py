"""Sampling inside the device's graph, for all rows at once.

The same definition as `host_sampler`: a row keeps the tokens whose logit
reaches its threshold, and takes the inverse of their cumulative distribution,
in token-id order, at one uniform draw. Thresholds are found by bisection
instead of sorting: every round is one pass over the logits and needs nothing
from the host, so the next step can start before this one's tokens are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, cast

import mlx.core as mx
import numpy as np

from ..wire import WireSampling

_DEPTH = 32.0
"""Tokens this many nats below the best one carry nothing that float32 could count."""
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

    def __call__(self, logits: mx.array, draws: Sequence[float]) -> mx.array:
        """Tokens, shape (rows,), from float32 logits (rows, vocabulary)."""
        best = mx.argmax(logits, axis=-1)
        if self._only_greedy:
            return best
        sampled = _sampler(self._top_k, self._top_p)(
            logits,
            _column(draws),
            self._inverse_temperature,
            self._counts,
            self._masses,
            self._floors,
        )
        return mx.where(self._greedy, best, sampled)


@cache
def _sampler(top_k: bool, top_p: bool) -> Callable[..., mx.array]:
    """The sampling graph, without the passes that no row of the batch needs."""

    def sample(
        logits: mx.array,
        draws: mx.array,
        inverse_temperature: mx.array,
        counts: mx.array,
        masses: mx.array,
        floors: mx.array,
    ) -> mx.array:
        scaled = (logits - logits.max(axis=-1, keepdims=True)) * inverse_temperature
        weights = mx.exp(scaled)
        left = weights
        threshold = floors
        if top_k:
            most = _threshold(scaled, mx.ones_like(weights), counts)
            left = mx.where(scaled >= most, weights, 0.0)
            threshold = mx.maximum(threshold, most)
        if top_p:
            # Top-p works on what top-k left over; min-p counts only in the end.
            target = masses * left.sum(axis=-1, keepdims=True)
            threshold = mx.maximum(threshold, _threshold(scaled, left, target))
        kept = mx.where(scaled >= threshold, weights, 0.0)
        cumulative = mx.cumsum(kept, axis=-1)
        below = cumulative <= draws * cumulative[:, -1:]
        token = mx.minimum(below.sum(axis=-1), logits.shape[-1] - 1)
        # Rounding may carry the draw past the last kept token.
        inside = mx.take_along_axis(kept, token[:, None], axis=-1)[:, 0] > 0
        return mx.where(inside, token, mx.argmax(scaled, axis=-1)).astype(mx.uint32)

    return cast("Callable[..., mx.array]", cast(Any, mx).compile(sample))


def _threshold(scaled: mx.array, weights: mx.array, target: mx.array) -> mx.array:
    """The highest value v, per row, for which tokens with `scaled` >= v weigh `target`.

    scaled, weights: (rows, vocabulary), target: (rows, 1). The lower end of
    the last interval is returned: what it keeps always reaches the target.
    """
    low = mx.full(target.shape, -_DEPTH)
    high = mx.zeros(target.shape)
    at_best = mx.where(scaled >= 0.0, weights, 0.0).sum(axis=-1, keepdims=True) >= target
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        reached = mx.where(scaled >= middle, weights, 0.0).sum(axis=-1, keepdims=True) >= target
        low = mx.where(reached, middle, low)
        high = mx.where(reached, high, middle)
    everything = mx.where(low > -_DEPTH, low, -mx.inf)
    return mx.where(at_best, 0.0, everything)


def _column(values: Iterable[float]) -> mx.array:
    return mx.array(np.fromiter(values, dtype=np.float32)[:, None])
