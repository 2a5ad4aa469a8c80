"""Rows that wait to hear what the disk holds of their prompts."""

from __future__ import annotations

from collections.abc import Sequence

from ..sequence import Row
from .disk import DiskPrefixes, Loaded, Lookup, wait_for
from .prefix_index import common_prefix

WORTH_THE_DISK = 64
"""Fewer tokens than this are neither written nor asked for."""
_PAUSE = 0.01
"""Seconds in which nothing else happens while every row waits."""


class PendingLookups:
    """One row asks; others that start alike wait with it, and go on from what it found."""

    def __init__(self, disk: DiskPrefixes | None) -> None:
        self._disk = disk
        self._asking: dict[Row, Lookup] = {}
        self._with: dict[Row, list[Row]] = {}

    def hold_back(self, row: Row) -> bool:
        """Asks for a row, once; True when the row has to wait."""
        if self._disk is None or row.ticket.unread < WORTH_THE_DISK or row.asked_disk:
            return False
        prompt = row.context()[: row.prefill_total]
        for other in self._asking:
            same_tenant = other.request.tenant == row.request.tenant
            if same_tenant and common_prefix(prompt, other.context()) >= WORTH_THE_DISK:
                self._with.setdefault(other, []).append(row)
                return True
        question = self._disk.ask(row.request.tenant, prompt, row.read + WORTH_THE_DISK)
        row.asked_disk = True
        if question is not None:
            self._asking[row] = question
        return question is not None

    def settled(self) -> list[tuple[Row, Loaded | None]]:
        """Rows whose question is answered, or was not for too long."""
        if self._disk is None:
            return []
        rows = [row for row, question in self._asking.items() if question.settled]
        return [(row, self._disk.take(self._asking.pop(row))) for row in rows]

    def leave(self, row: Row) -> Sequence[Row]:
        """Forgets a row; returns those that waited with it."""
        self._asking.pop(row, None)
        for waiting in self._with.values():
            if row in waiting:
                waiting.remove(row)
        return self._with.pop(row, [])

    def wait(self) -> None:
        if self._asking:
            wait_for(list(self._asking.values()), _PAUSE)
