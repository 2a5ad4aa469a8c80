"""Counters since the generator was made, and gauges of the moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from .prefix_cache.disk import DiskStats
from .scheduling.scheduler import Phase, Scheduler


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
class RowGauges:
    queued: int
    prefilling: int
    decoding: int
    paused: int


def row_gauges(scheduler: Scheduler) -> RowGauges:
    count = scheduler.count
    return RowGauges(
        queued=count(Phase.QUEUED),
        prefilling=count(Phase.PREFILLING),
        decoding=count(Phase.DECODING),
        paused=count(Phase.PAUSED),
    )


@dataclass(frozen=True, slots=True)
class PrefixCacheStats:
    entries: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0
    disk: DiskStats = field(default_factory=DiskStats)


@dataclass(frozen=True, slots=True)
class GeneratorStats:
    counters: Counters
    rows: RowGauges
    prefix_cache: PrefixCacheStats
