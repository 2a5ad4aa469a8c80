"""What a model's caches can do, found out by running it once at load."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import mlx.core as mx
import numpy as np

from ...slices import Slices, run_through
from ..arrays import on_gpu, to_host, token_array, wait
from ..forward import Forward
from ..host_arrays import Floats
from ..kv_cache import layer_caches
from ..kv_cache.aligned_caches import AlignedCaches
from ..kv_cache.layer_caches import Caches
from ..kv_cache.shared_prefixes import CachedTokens, PrefixShare
from ..model_traits import ModelTraits
from ..scheduling.kv_budget import Footprint, LayerFootprint
from ..threads import quicker_threads
from .recurrent_states import distance, same_states
from .rehearsal import rehearse_batch

_PROMPT_LENGTHS = (30, 8)
"""Unequal enough that a state which runs on over the padding is another by then."""
_STEPS = 2
_BESIDE = 12
"""Tokens that are prefilled beside a decode step, to see whether that is right."""
_TIMED_LENGTHS = (1, 64)
_TIMED_PASSES = (1, 8)
_TIMED_PASSES_ON_GPU = (1, 8, 64, 128, 256, 512)
"""Those that are made beside decode steps, too: a GPU's libraries load code for each size."""
_UNFIT = (RuntimeError, TypeError, ValueError, AttributeError, IndexError)
"""What models raise whose caches or attention are of another kind."""
_TOLERANCE = 0.1
"""Relative difference of logits; low-precision weights stay below 0.03, a wrong mask or
position comes near 1."""


def probe_model(forward: Forward, vocab_size: int) -> ModelTraits:
    """`probing_model` at once, with as many threads as suit the machine just now."""

    def step() -> None:
        wait(forward.logits(token_array([[1]]), forward.empty_caches()))

    with quicker_threads(step):
        return run_through(probing_model(forward, vocab_size))


def probing_model(forward: Forward, vocab_size: int) -> Slices[ModelTraits]:
    """Reads two short texts alone at once, and together step by step; compares what comes out.

    Some models have caches that cannot be merged, others merge and compute
    something else; both are served row by row. Recurrent ones may lose their way
    over the padding behind the shorter prompts of a pass, and nowhere else.
    """
    rows = [
        [(7 * row + 3 * index + 1) % vocab_size for index in range(length + _STEPS)]
        for row, length in enumerate(_PROMPT_LENGTHS)
    ]
    plain = [forward.empty_caches() for _ in rows]
    alone: list[Floats] = []
    for caches, row in zip(plain, rows, strict=True):
        alone.append(_last_logits(forward, caches, row))
        yield
    can_roll_back = layer_caches.can_roll_back(plain[0])
    can_merge = layer_caches.can_merge(plain[0])
    together = _together(forward, rows) if can_merge else None
    yield
    prompts = [row[:length] for row, length in zip(rows, _PROMPT_LENGTHS, strict=True)]
    prefills_together = (
        together is not None and _agree(alone, together.logits) and same_states(forward, prompts)
    )
    yield
    if can_merge and not prefills_together:
        together = _decoded_together(forward, rows)
    shares_prefixes = can_roll_back and _shares_prefixes(forward, plain, rows, alone)
    yield
    prefills_beside = together is not None and _prefills_beside(forward, plain, rows, alone)
    yield
    if on_gpu() and can_roll_back and together is not None:
        rehearse_batch(forward)
        yield
    prefill_timings = [_time(forward, plain[0], tokens) for tokens in _TIMED_LENGTHS]
    yield
    return ModelTraits(
        mergeable=together is not None and _agree(alone, together.logits),
        prefills_together=prefills_together,
        needs_checkpoints=layer_caches.needs_checkpoints(forward.empty_caches()),
        footprint=_footprint(plain if together is None else together.caches),
        can_roll_back=can_roll_back,
        shares_prefixes=shares_prefixes,
        prefills_beside=prefills_beside,
        prefill_timings=prefill_timings,
        step_timings=_step_timings(forward, plain[0]) if can_roll_back else [],
        vocab_size=vocab_size,
    )


class _Together(NamedTuple):
    logits: Floats
    """(steps, rows, vocabulary)"""
    caches: Sequence[Caches]
    """Of each row, taken out of the batch."""


def _together(forward: Forward, rows: Sequence[list[int]]) -> _Together | None:
    """The rows in one batch; None where the caches turn out not to merge."""
    try:
        merged = layer_caches.merge([forward.empty_caches() for _ in rows])
        logits = _run(forward, merged, rows, _PROMPT_LENGTHS)
        return _Together(logits, [layer_caches.extract(merged, row) for row in range(len(rows))])
    except _UNFIT:
        return None


def _decoded_together(forward: Forward, rows: Sequence[list[int]]) -> _Together | None:
    """The same where each prompt is prefilled alone."""
    try:
        own = [forward.empty_caches() for _ in rows]
        for caches, row, length in zip(own, rows, _PROMPT_LENGTHS, strict=True):
            forward.prefill(caches, [row[:length]])
        merged = layer_caches.merge(own)
        logits = _steps(forward, merged, rows, _PROMPT_LENGTHS)
        return _Together(logits, [layer_caches.extract(merged, row) for row in range(len(rows))])
    except _UNFIT:
        return None


def _shares_prefixes(
    forward: Forward,
    plain: Sequence[Caches],
    rows: Sequence[list[int]],
    alone: Sequence[Floats],
) -> bool:
    """The rows in one batch again, most of the first one's prompt as a shared prefix."""
    length = _PROMPT_LENGTHS[0] - 2
    own = [layer_caches.copy_of(caches) for caches in plain]
    for caches in own:
        layer_caches.trim(caches, _STEPS)
    try:
        merged = AlignedCaches.of(
            own, [CachedTokens("", rows[0][:length])], [PrefixShare([0], length)]
        )
        return _agree(alone, _steps(forward, merged, rows, _PROMPT_LENGTHS))
    except _UNFIT:
        return False


def _prefills_beside(
    forward: Forward,
    plain: Sequence[Caches],
    rows: Sequence[list[int]],
    alone: Sequence[Floats],
) -> bool:
    """A step of both rows, and in its pass a part of the first one's prompt as a text apart."""
    if not all(hasattr(cache, "update_and_fetch") for cache in plain[0]):
        return False
    known = _PROMPT_LENGTHS[0] - _BESIDE
    lengths = [*_PROMPT_LENGTHS, known]
    texts = zip([*plain, plain[0]], [*rows, rows[0]], lengths, strict=True)
    *own, text = [_cut_back(forward, *each) for each in texts]
    first = [[row[length]] for row, length in zip(rows, _PROMPT_LENGTHS, strict=True)]
    try:
        part = rows[0][known : known + _BESIDE]
        step = forward.ragged_logits(token_array(first), layer_caches.merge(own), [(text, part)])
        behind = forward.logits(token_array([rows[0][_PROMPT_LENGTHS[0] :]]), text)
        decoded = to_host(step[:, -1].astype(mx.float32))
        continued = to_host(behind[0].astype(mx.float32))
    except _UNFIT:
        return False
    differences = [_difference(alone[row][0], decoded[row]) for row in range(len(rows))]
    differences.append(_difference(alone[0], continued))
    return max(differences) <= _TOLERANCE


def _cut_back(forward: Forward, caches: Caches, row: list[int], length: int) -> Caches:
    """A copy of the caches of a whole row as they were behind its first tokens."""
    if layer_caches.can_trim(caches):
        copied = layer_caches.copy_of(caches)
        layer_caches.trim(copied, len(row) - length)
        return copied
    caches = forward.empty_caches()
    forward.prefill(caches, [row[:length]])
    return caches


def _agree(alone: Sequence[Floats], together: Floats) -> bool:
    # Each row's best step: one expert routed otherwise by rounding says nothing about
    # batching. And the worst row: the longest has no padding to be misled by.
    differences = [
        min(_difference(logits[step], together[step, row]) for step in range(_STEPS))
        for row, logits in enumerate(alone)
    ]
    return max(differences) <= _TOLERANCE


def _last_logits(forward: Forward, caches: Caches, row: list[int]) -> Floats:
    """Of the last steps of a row that is read in one pass: (steps, vocabulary)."""
    logits = forward.logits(token_array([row]), caches)
    return to_host(logits[0, -_STEPS:, :].astype(mx.float32))


def _run(
    forward: Forward, caches: Caches, rows: Sequence[list[int]], lengths: Sequence[int]
) -> Floats:
    """Logits of the steps after each row's prompt: (steps, rows, vocabulary)."""
    prompts = [row[:length] for row, length in zip(rows, lengths, strict=True)]
    forward.prefill(caches, prompts)
    return _steps(forward, caches, rows, lengths)


def _steps(
    forward: Forward, caches: Caches, rows: Sequence[list[int]], lengths: Sequence[int]
) -> Floats:
    """The same of rows whose prompts were read."""
    steps: list[mx.array] = []
    for step in range(_STEPS):
        inputs = [[row[length + step]] for row, length in zip(rows, lengths, strict=True)]
        logits = forward.logits(token_array(inputs), caches)
        steps.append(logits[:, -1, :].astype(mx.float32))
    wait(steps)
    return np.stack([to_host(step) for step in steps])


def _time(forward: Forward, caches: Caches, tokens: int) -> tuple[int, float]:
    caches = layer_caches.copy_of(caches)
    started = time.perf_counter()
    forward.prefill(caches, [[1] * tokens])
    wait(layer_caches.state(caches))
    return tokens, time.perf_counter() - started


def _step_timings(forward: Forward, caches: Caches) -> list[tuple[int, float]]:
    passes = _TIMED_PASSES_ON_GPU if on_gpu() else _TIMED_PASSES
    return [_time_pass(forward, caches, tokens) for tokens in passes]


def _time_pass(forward: Forward, caches: Caches, tokens: int) -> tuple[int, float]:
    """On a GPU the second pass: the first one of its size may have to prepare kernels."""
    caches = layer_caches.copy_of(caches)
    seconds: list[float] = []
    for _ in range(2 if on_gpu() else 1):
        started = time.perf_counter()
        wait(mx.argmax(forward.logits(token_array([[1] * tokens]), caches), axis=-1))
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
