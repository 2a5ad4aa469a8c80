"""Lets rows in while there is memory for one more, at the price of kept prefixes if need be."""

from __future__ import annotations

import time

from .output_processor import OutputProcessor
from .prefix_cache.manager import PrefixCacheManager
from .refusal import out_of_memory, queue_timeout
from .scheduling.kv_budget import KVBudget
from .scheduling.scheduler import Phase, Scheduler, Ticket
from .sequence import Row


class Admission:
    def __init__(
        self,
        memory: KVBudget,
        scheduler: Scheduler,
        output_processor: OutputProcessor,
        prefix_cache: PrefixCacheManager,
    ) -> None:
        self._memory = memory
        self._scheduler = scheduler
        self._output_processor = output_processor
        self._rows = output_processor.rows
        self._prefix_cache = prefix_cache
        self._cache = prefix_cache.cache

    def require_place(self, row: Row) -> None:
        """Raises Refused for a row that would not fit even alone."""
        if self._memory.excess([row.planned_tokens], (), 0) > 0:
            raise out_of_memory(len(row.request.prompt_tokens))

    def admit(self) -> list[Row]:
        """Ends rows whose time in the queue is over, and returns those that get a slot."""
        now = time.monotonic()
        for ticket in self._scheduler.expire(now):
            self._output_processor.end(
                self._rows[ticket.stream_id], "error", failure=queue_timeout()
            )
        admitted = [
            self._rows[ticket.stream_id] for ticket in self._scheduler.admit(self._has_place_for)
        ]
        for row in admitted:
            if row.times.admitted == 0:
                row.times.admitted = now
                self._output_processor.counters.admitted += 1
                self._prefix_cache.welcome(row)
        return admitted

    def _has_place_for(self, ticket: Ticket) -> bool:
        """A ticket that would run alone always has one."""
        if not self._memory.limited:
            return True
        phases = (Phase.PREFILLING, Phase.DECODING)
        active = [other for phase in phases for other in self._scheduler.in_phase(phase)]
        planned = [self._rows[other.stream_id].planned_tokens for other in [*active, ticket]]
        paused = [
            self._rows[other.stream_id].fed for other in self._scheduler.in_phase(Phase.PAUSED)
        ]
        cache = self._cache
        excess = self._memory.excess(planned, paused, cache.nbytes)
        if excess > 0:
            cache.shrink(max(0, cache.nbytes - excess))
            excess = self._memory.excess(planned, paused, cache.nbytes)
        return excess <= 0 or not active
