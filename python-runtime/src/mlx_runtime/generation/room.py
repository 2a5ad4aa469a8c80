"""Whether there is memory for one row more, at the price of kept prefixes if need be."""

from __future__ import annotations

from .ledger import Ledger
from .memory import MemoryGuard
from .scheduler import Phase, Scheduler, Ticket
from .sharing import PrefixSharing


class Room:
    def __init__(
        self, memory: MemoryGuard, scheduler: Scheduler, ledger: Ledger, sharing: PrefixSharing
    ) -> None:
        self._memory = memory
        self._scheduler = scheduler
        self._rows = ledger.rows
        self._cache = sharing.cache

    def has_place_for(self, ticket: Ticket) -> bool:
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
