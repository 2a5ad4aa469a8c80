"""What is known of every encoder, and how long its passes take."""

from __future__ import annotations

import time

from ..arrays import wait
from ..forward import EncoderForward
from ..model_traits import ModelTraits
from ..scheduling.kv_budget import Footprint

_TIMED_LENGTHS = (1, 64)


def encoder_traits(forward: EncoderForward, vocab_size: int) -> ModelTraits:
    """It keeps no caches, so nothing about them has to be tried."""
    return ModelTraits(
        mergeable=True,
        prefills_together=True,
        needs_checkpoints=False,
        footprint=Footprint(()),
        can_roll_back=False,
        shares_prefixes=False,
        prefills_beside=False,
        prefill_timings=[_time(forward, tokens) for tokens in _TIMED_LENGTHS],
        step_timings=(),
        vocab_size=vocab_size,
    )


def _time(forward: EncoderForward, tokens: int) -> tuple[int, float]:
    """Tokens and seconds of a pass; the first of its kind is not counted."""
    seconds = 0.0
    for _ in range(2):
        started = time.perf_counter()
        wait(forward.hidden_states((), [[1] * tokens]))
        seconds = time.perf_counter() - started
    return tokens, seconds
