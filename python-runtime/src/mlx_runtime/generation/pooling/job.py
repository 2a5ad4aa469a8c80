"""A request to read texts: its parts, what is done with them, and who waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...readings import Result
from ...requests import Failure
from .part import Kind, Part


@dataclass(frozen=True, slots=True)
class Listener:
    """Told once how a job ended, on the generation thread."""

    done: Callable[[Result], None]
    failed: Callable[[Failure], None]


@dataclass(slots=True, eq=False)
class Job:
    stream_id: str
    kind: Kind
    pending: list[Part]
    """Not done, in order."""
    result: Callable[[], Result]
    listener: Listener
    lead: Part | None = None
    """What all other parts go on from; read before them."""

    def readable(self) -> Sequence[Part]:
        return self.pending if self.lead is None else [self.lead]

    def complete(self, part: Part) -> None:
        if part is self.lead:
            # Its caches stay: the others start from them.
            self.lead = None
        else:
            part.caches = None
            self.pending.remove(part)
