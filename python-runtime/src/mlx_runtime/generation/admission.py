"""Admits sequences while there is memory for one more, at the price of kept prefixes if need be."""

from __future__ import annotations

import time

from .output_processor import OutputProcessor
from .prefix_cache.manager import PrefixCacheManager
from .refusal import out_of_memory, queue_timeout
from .scheduling.kv_budget import KVBudget, KVUse
from .scheduling.scheduler import Scheduler
from .sequence import Phase, Sequence


class Admission:
    def __init__(
        self,
        kv_budget: KVBudget,
        scheduler: Scheduler,
        outputs: OutputProcessor,
        prefix_cache: PrefixCacheManager,
    ) -> None:
        self._kv_budget = kv_budget
        self._scheduler = scheduler
        self._outputs = outputs
        self._prefix_cache = prefix_cache

    def require_memory(self, sequence: Sequence) -> None:
        """Raises Refused for a sequence that would not fit even alone."""
        if self._kv_budget.excess([sequence.num_planned_tokens], (), 0) > 0:
            raise out_of_memory(sequence.num_prompt_tokens)

    def admit(self) -> list[Sequence]:
        """Ends sequences whose time in the queue is over, and returns those that get a slot."""
        now = time.monotonic()
        for sequence in self._scheduler.expire(now):
            self._outputs.end(sequence, "error", failure=queue_timeout())
        admitted = self._scheduler.admit(self._fits)
        for sequence in admitted:
            if sequence.times.admitted == 0:
                sequence.times.admitted = now
                self._outputs.counters.admitted += 1
                self._prefix_cache.match(sequence)
        return admitted

    def _fits(self, sequence: Sequence) -> bool:
        """A sequence that would run alone always does."""
        if not self._kv_budget.limited:
            return True
        active = self._active()
        planned = [other.num_planned_tokens for other in [*active, sequence]]
        paused = self._paused(besides=sequence)
        kept = self._prefix_cache
        excess = self._kv_budget.excess(planned, paused, kept.nbytes)
        if excess > 0:
            kept.shrink(max(0, kept.nbytes - excess))
            excess = self._kv_budget.excess(planned, paused, kept.nbytes)
        return excess <= 0 or not active

    def kv_use(self) -> KVUse:
        """What the caches are planned to take at this moment."""
        planned = [sequence.num_planned_tokens for sequence in self._active()]
        kept = self._prefix_cache.nbytes
        room = self._kv_budget.room
        return KVUse(
            used_bytes=self._kv_budget.use(planned, self._paused(), kept),
            limit_bytes=None if room is None else max(0, room),
        )

    def _active(self) -> list[Sequence]:
        phases = (Phase.PREFILLING, Phase.DECODING)
        return [sequence for phase in phases for sequence in self._scheduler.in_phase(phase)]

    def _paused(self, besides: Sequence | None = None) -> list[int]:
        """Tokens of each; `besides`: one that is to run again."""
        paused = self._scheduler.in_phase(Phase.PAUSED)
        return [sequence.num_kv_tokens for sequence in paused if sequence is not besides]
