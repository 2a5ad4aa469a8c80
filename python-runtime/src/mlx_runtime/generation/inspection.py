"""What a model's caches can do, found out by running it once at load."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx
import numpy as np

from . import caches as layer_caches
from .arrays import Floats, to_host, token_array, wait
from .caches import Caches, LanguageModel
from .memory import Footprint, LayerFootprint

_PROMPT_LENGTHS = (9, 4)
_STEPS = 2
_TIMED_LENGTHS = (1, 64)
_TOLERANCE = 0.1
"""Relative difference of logits; low-precision weights stay below 0.03, a wrong mask or
position comes near 1."""


@dataclass(frozen=True, slots=True)
class ModelTraits:
    batches: bool
    """False: rows have to be served one at a time."""
    forgets: bool
    """True: caches cannot always be cut back to a prefix."""
    footprint: Footprint
    timings: Sequence[tuple[int, float]]
    """Tokens of a pass and the seconds it took."""
    vocab_size: int


def inspect_model(model: LanguageModel, vocab_size: int) -> ModelTraits:
    """Reads two short prompts alone and together, and compares what comes out.

    Some models have caches that cannot be merged, others merge and compute
    something else; both are served row by row.
    """
    rows = [
        [(7 * row + 3 * index + 1) % vocab_size for index in range(length + _STEPS)]
        for row, length in enumerate(_PROMPT_LENGTHS)
    ]
    plain = [layer_caches.empty_caches(model) for _ in rows]
    alone = [
        _run(model, caches, [row], [length])[:, 0]
        for caches, row, length in zip(plain, rows, _PROMPT_LENGTHS, strict=True)
    ]
    timings = [_time(model, plain[0], tokens) for tokens in _TIMED_LENGTHS]
    forgets = layer_caches.forgets(layer_caches.empty_caches(model))
    if not layer_caches.can_merge(plain[0]):
        return ModelTraits(False, forgets, _footprint(plain), timings, vocab_size)
    try:
        merged = layer_caches.merge([layer_caches.empty_caches(model) for _ in rows])
        together = _run(model, merged, rows, _PROMPT_LENGTHS)
        single = [layer_caches.extract(merged, index) for index in range(len(rows))]
    except (RuntimeError, TypeError, ValueError, AttributeError, IndexError):
        return ModelTraits(False, forgets, _footprint(plain), timings, vocab_size)
    # Each row's best step: one expert routed otherwise by rounding says nothing about
    # batching. And the worst row: the longest has no padding to be misled by.
    differences = [
        min(_difference(alone[row][step], together[step, row]) for step in range(_STEPS))
        for row in range(len(rows))
    ]
    batches = max(differences) <= _TOLERANCE
    return ModelTraits(batches, forgets, _footprint(single), timings, vocab_size)


def _run(
    model: LanguageModel, caches: Caches, rows: Sequence[list[int]], lengths: Sequence[int]
) -> Floats:
    """Logits of the steps after each row's prompt: (steps, rows, vocabulary)."""
    prompts = [row[:length] for row, length in zip(rows, lengths, strict=True)]
    layer_caches.read(model, caches, prompts)
    steps: list[mx.array] = []
    for step in range(_STEPS):
        inputs = [[row[length + step]] for row, length in zip(rows, lengths, strict=True)]
        steps.append(model(token_array(inputs), cache=caches)[:, -1, :].astype(mx.float32))
    wait(steps)
    return np.stack([to_host(step) for step in steps])


def _time(model: LanguageModel, caches: Caches, tokens: int) -> tuple[int, float]:
    caches = layer_caches.copy_of(caches)
    started = time.perf_counter()
    layer_caches.read(model, caches, [[1] * tokens])
    wait(layer_caches.state(caches))
    return tokens, time.perf_counter() - started


def _difference(left: Floats, right: Floats) -> float:
    centred = left - left.mean()
    scale = float(np.linalg.norm(centred))
    distance = float(np.linalg.norm(centred - (right - right.mean())))
    return distance / scale if scale > 0 else distance


def _footprint(rows: Sequence[Caches]) -> Footprint:
    """A line through the sizes of a longer and a shorter row, per layer."""
    longer, shorter = (length + _STEPS for length in _PROMPT_LENGTHS)
    layers: list[LayerFootprint] = []
    for long_cache, short_cache in zip(rows[0], rows[1], strict=True):
        per_token = max(0.0, (long_cache.nbytes - short_cache.nbytes) / (longer - shorter))
        fixed = max(0.0, long_cache.nbytes - per_token * longer)
        window = getattr(long_cache, "max_size", None)
        layers.append(LayerFootprint(fixed, per_token, window))
    return Footprint(layers)
