"""Exact sampling of one row from its logits, on the host.

A row's kept set is every token whose logit reaches a threshold: the highest
of those that top-k, top-p and min-p ask for, in that order and after the
temperature (ties at a threshold are kept). The token is the inverse of the
kept set's cumulative distribution, in token-id order, at one uniform draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...wire import WireSampling
from ..host_arrays import Floats, Ids

_BLOCK = 512
_LIKELY = np.float32(1e-3)
"""Of weights, relative to the best token's."""
_NEAR = np.float32(-10)
"""Of scaled logits, relative to the best token's."""
_BINS_PER_OCTAVE = 16
_BINS = 512


def sample(logits: Floats, sampling: WireSampling, draw: float) -> int:
    """The row's next token. `logits`: (vocabulary,), with a finite maximum."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    # Subtract before dividing: a tiny temperature must not overflow to infinity.
    temperature: float = max(sampling.temperature, 1e-6)
    scaled: Floats = logits - logits.max()
    scaled *= np.float32(1 / temperature)
    ids = _candidates(scaled, sampling)
    weights: Floats = np.exp(scaled if ids is None else scaled[ids])
    index = _inverse(weights, draw)
    return index if ids is None else int(ids[index])


def _inverse(weights: Floats, draw: float) -> int:
    """The first index up to which the weights sum to more than `draw` of their total.

    Only the block in which that happens is summed up weight by weight.
    """
    blocks = np.arange(0, len(weights), _BLOCK)
    sums: NDArray[np.float64] = np.add.reduceat(weights, blocks, dtype=np.float64)
    cumulative = np.cumsum(sums)
    target = draw * float(cumulative[-1])
    # Rounding may carry the target up to the total itself.
    block = min(int(np.searchsorted(cumulative, target, side="right")), len(blocks) - 1)
    start = int(blocks[block])
    within: NDArray[np.float64] = np.cumsum(weights[start : start + _BLOCK], dtype=np.float64)
    within += float(cumulative[block] - sums[block])
    index = start + min(int(np.searchsorted(within, target, side="right")), len(within) - 1)
    while weights[index] == 0:
        index -= 1
    return index


def _candidates(scaled: Floats, sampling: WireSampling) -> Ids | None:
    """Ids of the kept tokens in ascending order; None keeps all of them.

    `scaled` is relative to the maximum, so the best token is at 0.
    """
    ids: Ids | None = None
    if 0 < sampling.top_k < len(scaled):
        ids = _at_least(scaled, None, _kth_largest(scaled, sampling.top_k))
    if sampling.top_p < 1:
        ids = _nucleus(scaled, ids, sampling.top_p)
    if sampling.min_p > 0:
        ids = _at_least(scaled, ids, float(np.log(sampling.min_p)))
    return ids


def _at_least(scaled: Floats, ids: Ids | None, threshold: float) -> Ids:
    if ids is None:
        return np.flatnonzero(scaled >= threshold)
    return ids[scaled[ids] >= threshold]


def _kth_largest(scaled: Floats, k: int) -> float:
    near = scaled[scaled > _NEAR]
    values = near if len(near) >= k else scaled
    position = len(values) - k
    return float(np.partition(values, position)[position])


def _nucleus(scaled: Floats, ids: Ids | None, top_p: float) -> Ids:
    """The smallest set of most likely tokens whose mass reaches `top_p`.

    Sorting the vocabulary is avoided exactly. Mostly the likely tokens reach
    that mass alone. Else, tokens so unlikely that all of them together could
    not carry 1 - top_p are outside whatever their order. (Half of that bound,
    so that rounding never decides.)
    """
    values = scaled if ids is None else scaled[ids]
    weights: Floats = np.exp(values)
    total = float(weights.sum(dtype=np.float64))
    likely = np.flatnonzero(weights > _LIKELY)
    if float(weights[likely].sum(dtype=np.float64)) < top_p * total:
        negligible = 0.5 * (1.0 - top_p) * total / len(values)
        likely = np.flatnonzero(weights > negligible)
    kept = likely[weights[likely] >= _lowest_kept(weights[likely], top_p * total)]
    return kept if ids is None else ids[kept]


def _lowest_kept(weights: Floats, mass: float) -> float:
    """The weight of the token with which the heaviest ones reach `mass`.

    Only the stretch of weights in which that happens is sorted.
    """
    octaves = np.minimum(-np.log2(weights) * _BINS_PER_OCTAVE, _BINS - 1).astype(np.int64)
    per_bin = np.bincount(octaves, weights=weights, minlength=_BINS)
    before = np.cumsum(per_bin)
    bin_ = min(int(np.searchsorted(before, mass)), int(octaves.max()))
    descending = np.sort(weights[octaves == bin_])[::-1]
    heavier = float(before[bin_] - per_bin[bin_])
    reached = np.searchsorted(heavier + np.cumsum(descending, dtype=np.float64), mass)
    return float(descending[min(int(reached), len(descending) - 1)])
