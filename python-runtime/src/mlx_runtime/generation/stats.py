"""Counters since the generator was made, and gauges of the moment."""

from __future__ import annotations

from dataclasses import dataclass

from .prefix_cache.stats import PrefixCacheStats
from .scheduling.scheduler import Scheduler
from .sequence import Phase


@dataclass(slots=True)
class Counters:
    admitted: int = 0
    finished: int = 0
    cancelled: int = 0
    failed: int = 0
    prefilled_tokens: int = 0
    """Prompt tokens run through the model."""
    reused_tokens: int = 0
    """Prompt tokens taken from the prefix cache instead."""
    generated_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    """Drafted tokens that the model chose."""
    decode_steps: int = 0


@dataclass(frozen=True, slots=True)
class SequenceGauges:
    queued: int
    prefilling: int
    decoding: int
    paused: int


def sequence_gauges(scheduler: Scheduler) -> SequenceGauges:
    count = scheduler.count
    return SequenceGauges(
        queued=count(Phase.QUEUED),
        prefilling=count(Phase.PREFILLING),
        decoding=count(Phase.DECODING),
        paused=count(Phase.PAUSED),
    )


@dataclass(frozen=True, slots=True)
class GeneratorStats:
    counters: Counters
    rows: SequenceGauges
    prefix_cache: PrefixCacheStats
