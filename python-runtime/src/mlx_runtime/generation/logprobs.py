"""Log-probabilities of one row, after penalties and bias, before the temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..requests import TopLogprob


def log_normaliser(logits: NDArray[np.float32]) -> float:
    """log(sum(exp(logits))) of one row, shape (vocabulary,)."""
    peak = float(logits.max())
    return peak + float(np.log(np.exp(logits - peak).sum(dtype=np.float64)))


def top_logprobs(
    logits: NDArray[np.float32], normaliser: float, count: int
) -> tuple[TopLogprob, ...]:
    """The `count` most likely tokens, best first; equal ones by token id."""
    count = min(count, len(logits))
    if count == 0:
        return ()
    threshold = np.partition(logits, len(logits) - count)[len(logits) - count]
    ids = np.flatnonzero(logits >= threshold)
    best = ids[np.argsort(-logits[ids], kind="stable")][:count]
    return tuple(TopLogprob(int(token), float(logits[token]) - normaliser) for token in best)
