"""Log-probabilities of one row, after penalties, bias and grammar, before the temperature."""

from __future__ import annotations

import numpy as np

from ...requests import TopLogprob
from ..arrays import Floats


def log_normaliser(logits: Floats) -> float:
    """log(sum(exp(logits))) of one row, shape (vocabulary,)."""
    peak = logits.max()
    total = np.exp(logits - peak).sum(dtype=np.float64)
    return float(peak) + float(np.log(total))


def top_logprobs(logits: Floats, normaliser: float, count: int) -> tuple[TopLogprob, ...]:
    """The `count` most likely tokens that are possible at all, best first; equal ones by id."""
    count = min(count, len(logits))
    if count == 0:
        return ()
    threshold = np.partition(logits, len(logits) - count)[len(logits) - count]
    ids = np.flatnonzero((logits >= threshold) & (logits > -np.inf))
    best = ids[np.argsort(-logits[ids], kind="stable")][:count]
    return tuple(TopLogprob(int(token), float(logits[token]) - normaliser) for token in best)
