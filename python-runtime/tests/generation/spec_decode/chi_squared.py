"""Whether tokens were drawn with the probabilities that the model gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mlx.core as mx
import numpy as np

BIAS = 30.0


def assert_sampled_behind(
    model: Any, text: Sequence[int], biased: int, tokens: Sequence[int], kept: int
) -> None:
    """`tokens` came behind the text, among the `kept` most likely, `biased` made likelier by
    `BIAS`: Pearson's chi-squared test."""
    logits = np.array(model(mx.array([list(text)]))[0, -1]).astype(np.float64)
    logits[biased] += BIAS
    best = np.argsort(-logits)[:kept]
    weights = np.exp(logits[best] - logits[best].max())
    expected = len(tokens) * weights / weights.sum()
    observed = np.array([tokens.count(token) for token in best])
    assert observed.sum() == len(tokens)
    common = expected >= 5
    statistic = float(((observed - expected)[common] ** 2 / expected[common]).sum())
    assert statistic < common.sum() + 5 * np.sqrt(2 * common.sum())
