"""What a model's caches can do, found out by running it once at load."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import mlx.core as mx
import numpy as np

from ..arrays import Floats, on_gpu, to_host, token_array, wait
from ..scheduling.kv_budget import Footprint, LayerFootprint
from . import layer_caches
from .aligned_caches import AlignedCaches
from .layer_caches import Caches, LanguageModel
from .recurrent_states import distance, same_states
from .shared_prefixes import CachedTokens, PrefixShare

_PROMPT_LENGTHS = (30, 8)
"""Unequal enough that a state which runs on over the padding is another by then."""
_STEPS = 2
_TIMED_LENGTHS = (1, 64)
_TIMED_PASSES = (1, 8)
_UNFIT = (RuntimeError, TypeError, ValueError, AttributeError, IndexError)
"""What models raise whose caches or attention are of another kind."""
_TOLERANCE = 0.1
"""Relative difference of logits; low-precision weights stay below 0.03, a wrong mask or
position comes near 1."""


@dataclass(frozen=True, slots=True)
class ModelTraits:
    mergeable: bool
    """False: rows have to be served one at a time."""
    prefills_together: bool
    """False: prompts have to be prefilled one at a time, even where rows decode together."""
    needs_checkpoints: bool
    """True: caches cannot always be cut back to a prefix."""
    footprint: Footprint
    can_roll_back: bool
    """True: a row can take its last tokens back, also in a batch."""
    shares_prefixes: bool
    """True: what rows of a batch begin with may be held apart from the rest."""
    prefill_timings: Sequence[tuple[int, float]]
    """Tokens of a pass that only fills caches, and the seconds it took."""
    step_timings: Sequence[tuple[int, float]]
    """The same of passes that yield logits."""
    vocab_size: int


def probe_model(model: LanguageModel, vocab_size: int) -> ModelTraits:
    """Reads two short texts alone at once, and together step by step; compares what comes out.

    Some models have caches that cannot be merged, others merge and compute
    something else; both are served row by row. Recurrent ones may lose their way
    over the padding behind the shorter prompts of a pass, and nowhere else.
    """
    rows = [
        [(7 * row + 3 * index + 1) % vocab_size for index in range(length + _STEPS)]
        for row, length in enumerate(_PROMPT_LENGTHS)
    ]
    plain = [layer_caches.empty_caches(model) for _ in rows]
    alone = [_last_logits(model, caches, row) for caches, row in zip(plain, rows, strict=True)]
    can_roll_back = layer_caches.can_roll_back(plain[0])
    can_merge = layer_caches.can_merge(plain[0])
    together = _together(model, rows) if can_merge else None
    prompts = [row[:length] for row, length in zip(rows, _PROMPT_LENGTHS, strict=True)]
    prefills_together = (
        together is not None and _agree(alone, together.logits) and same_states(model, prompts)
    )
    if can_merge and not prefills_together:
        together = _decoded_together(model, rows)
    return ModelTraits(
        mergeable=together is not None and _agree(alone, together.logits),
        prefills_together=prefills_together,
        needs_checkpoints=layer_caches.needs_checkpoints(layer_caches.empty_caches(model)),
        footprint=_footprint(plain if together is None else together.caches),
        can_roll_back=can_roll_back,
        shares_prefixes=can_roll_back and _shares_prefixes(model, plain, rows, alone),
        prefill_timings=[_time(model, plain[0], tokens) for tokens in _TIMED_LENGTHS],
        step_timings=_step_timings(model, plain[0]) if can_roll_back else [],
        vocab_size=vocab_size,
    )


class _Together(NamedTuple):
    logits: Floats
    """(steps, rows, vocabulary)"""
    caches: Sequence[Caches]
    """Of each row, taken out of the batch."""


def _together(model: LanguageModel, rows: Sequence[list[int]]) -> _Together | None:
    """The rows in one batch; None where the caches turn out not to merge."""
    try:
        merged = layer_caches.merge([layer_caches.empty_caches(model) for _ in rows])
        logits = _run(model, merged, rows, _PROMPT_LENGTHS)
        return _Together(logits, [layer_caches.extract(merged, row) for row in range(len(rows))])
    except _UNFIT:
        return None


def _decoded_together(model: LanguageModel, rows: Sequence[list[int]]) -> _Together | None:
    """The same where each prompt is prefilled alone."""
    try:
        own = [layer_caches.empty_caches(model) for _ in rows]
        for caches, row, length in zip(own, rows, _PROMPT_LENGTHS, strict=True):
            layer_caches.read(model, caches, [row[:length]])
        merged = layer_caches.merge(own)
        logits = _steps(model, merged, rows, _PROMPT_LENGTHS)
        return _Together(logits, [layer_caches.extract(merged, row) for row in range(len(rows))])
    except _UNFIT:
        return None


def _shares_prefixes(
    model: LanguageModel,
    plain: Sequence[Caches],
    rows: Sequence[list[int]],
    alone: Sequence[Floats],
) -> bool:
    """The rows in one batch again, most of the first one's prompt held apart."""
    length = _PROMPT_LENGTHS[0] - 2
    own = [layer_caches.copy_of(caches) for caches in plain]
    for caches in own:
        layer_caches.trim(caches, _STEPS)
    try:
        merged = AlignedCaches.of(
            own, [CachedTokens("", rows[0][:length])], [PrefixShare([0], length)]
        )
        return _agree(alone, _steps(model, merged, rows, _PROMPT_LENGTHS))
    except _UNFIT:
        return False


def _agree(alone: Sequence[Floats], together: Floats) -> bool:
    # Each row's best step: one expert routed otherwise by rounding says nothing about
    # batching. And the worst row: the longest has no padding to be misled by.
    differences = [
        min(_difference(logits[step], together[step, row]) for step in range(_STEPS))
        for row, logits in enumerate(alone)
    ]
    return max(differences) <= _TOLERANCE


def _last_logits(model: LanguageModel, caches: Caches, row: list[int]) -> Floats:
    """Of the last steps of a row that is read in one pass: (steps, vocabulary)."""
    logits = layer_caches.forward(model, token_array([row]), caches)
    return to_host(logits[0, -_STEPS:, :].astype(mx.float32))


def _run(
    model: LanguageModel, caches: Caches, rows: Sequence[list[int]], lengths: Sequence[int]
) -> Floats:
    """Logits of the steps after each row's prompt: (steps, rows, vocabulary)."""
    prompts = [row[:length] for row, length in zip(rows, lengths, strict=True)]
    layer_caches.read(model, caches, prompts)
    return _steps(model, caches, rows, lengths)


def _steps(
    model: LanguageModel, caches: Caches, rows: Sequence[list[int]], lengths: Sequence[int]
) -> Floats:
    """The same of rows whose prompts were read."""
    steps: list[mx.array] = []
    for step in range(_STEPS):
        inputs = [[row[length + step]] for row, length in zip(rows, lengths, strict=True)]
        logits = layer_caches.forward(model, token_array(inputs), caches)
        steps.append(logits[:, -1, :].astype(mx.float32))
    wait(steps)
    return np.stack([to_host(step) for step in steps])


def _time(model: LanguageModel, caches: Caches, tokens: int) -> tuple[int, float]:
    caches = layer_caches.copy_of(caches)
    started = time.perf_counter()
    layer_caches.read(model, caches, [[1] * tokens])
    wait(layer_caches.state(caches))
    return tokens, time.perf_counter() - started


def _step_timings(model: LanguageModel, caches: Caches) -> list[tuple[int, float]]:
    return [_time_pass(model, caches, tokens) for tokens in _TIMED_PASSES]


def _time_pass(model: LanguageModel, caches: Caches, tokens: int) -> tuple[int, float]:
    """On a GPU the second pass: the first one of its size may have to prepare kernels."""
    caches = layer_caches.copy_of(caches)
    seconds: list[float] = []
    for _ in range(2 if on_gpu() else 1):
        started = time.perf_counter()
        wait(mx.argmax(layer_caches.forward(model, token_array([[1] * tokens]), caches), axis=-1))
        seconds.append(time.perf_counter() - started)
    return tokens, seconds[-1]


def _difference(left: Floats, right: Floats) -> float:
    return distance(left - left.mean(), right - right.mean())


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
