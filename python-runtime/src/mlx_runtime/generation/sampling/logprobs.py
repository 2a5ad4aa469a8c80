"""Log-probabilities of one row, after penalties, bias and grammar, before the temperature."""

from __future__ import annotations

import mlx.core as mx
import numpy as np

from ...requests import TopLogprob
from ..host_arrays import Floats

_BLOCK = 256


def log_normaliser(logits: Floats) -> float:
    """log(sum(exp(logits))) of one row, shape (vocabulary,)."""
    maximum = logits.max()
    total = np.exp(logits - maximum).sum(dtype=np.float64)
    return float(maximum) + float(np.log(total))


def log_normalisers(logits: mx.array) -> mx.array:
    """The same on the device, (..., vocabulary) to (...), in float32: sums of sums, which round
    as little as the host's."""
    maximum = logits.max(axis=-1, keepdims=True)
    powers = mx.exp(logits - maximum)
    rest = -powers.shape[-1] % _BLOCK
    padded = mx.pad(powers, [*[(0, 0)] * (powers.ndim - 1), (0, rest)])
    blocks = padded.reshape(*powers.shape[:-1], -1, _BLOCK).sum(axis=-1)
    return maximum[..., 0] + mx.log(blocks.sum(axis=-1))


def top_logprobs(logits: Floats, normaliser: float, count: int) -> tuple[TopLogprob, ...]:
    """The `count` most likely tokens that are possible at all, best first; equal ones by id.

    `logits`: (vocabulary,).
    """
    count = min(count, len(logits))
    if count == 0:
        return ()
    threshold = np.partition(logits, len(logits) - count)[len(logits) - count]
    ids = np.flatnonzero((logits >= threshold) & (logits > -np.inf))
    best = ids[np.argsort(-logits[ids], kind="stable")][:count]
    return tuple(TopLogprob(int(token), float(logits[token]) - normaliser) for token in best)
