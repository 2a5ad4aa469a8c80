"""Sequences that wait to hear what the disk holds of their prompts."""

from __future__ import annotations

from collections import abc

from ..sequence import Sequence
from ..tokens import common_prefix
from .disk import DiskPrefixes, Loaded, Lookup, wait_for

WORTH_THE_DISK = 64
"""Fewer tokens than this are neither written nor asked for."""
_PAUSE = 0.01
"""Seconds in which nothing else happens while every sequence waits."""


class PendingLookups:
    """One sequence asks; others that start alike wait with it, and go on from what it found."""

    def __init__(self, disk: DiskPrefixes | None) -> None:
        self._disk = disk
        self._pending: dict[Sequence, Lookup] = {}
        self._with: dict[Sequence, list[Sequence]] = {}

    def look_up(self, sequence: Sequence, held: int) -> bool:
        """Asks for a sequence, once; True when the sequence has to wait.

        `held`: tokens whose blocks are in memory.
        """
        if self._disk is None or sequence.asked_disk:
            return False
        if sequence.num_unprefilled_tokens < WORTH_THE_DISK:
            return False
        prompt = sequence.prefill_array()
        for other in self._pending:
            same_key = other.cache_key == sequence.cache_key
            if same_key and common_prefix(prompt, other.prefill_array()) >= WORTH_THE_DISK:
                self._with.setdefault(other, []).append(sequence)
                return True
        minimum = sequence.num_computed_tokens + WORTH_THE_DISK
        lookup = self._disk.look_up(sequence.cache_key, prompt, minimum, held)
        sequence.asked_disk = True
        if lookup is not None:
            self._pending[sequence] = lookup
        return lookup is not None

    def settled(self) -> list[tuple[Sequence, Loaded | None]]:
        """Sequences whose lookup is answered, or was not for too long."""
        if self._disk is None:
            return []
        done = [sequence for sequence, lookup in self._pending.items() if lookup.settled]
        return [(sequence, self._disk.take(self._pending.pop(sequence))) for sequence in done]

    def leave(self, sequence: Sequence) -> abc.Sequence[Sequence]:
        """Forgets a sequence; returns those that waited with it."""
        self._pending.pop(sequence, None)
        for waiting in self._with.values():
            if sequence in waiting:
                waiting.remove(sequence)
        return self._with.pop(sequence, [])

    def wait(self) -> None:
        if self._pending:
            wait_for(list(self._pending.values()), _PAUSE)
