"""A request to read texts: its texts, what is done with them, and who waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...pooling import Result
from ...requests import Failure
from .pooled_text import Kind, PooledText


@dataclass(frozen=True, slots=True)
class Listener:
    """Told once how a job ended, on the generation thread."""

    done: Callable[[Result], None]
    failed: Callable[[Failure], None]


@dataclass(slots=True, eq=False)
class Job:
    stream_id: str
    kind: Kind
    pending: list[PooledText]
    """Not done, in order."""
    result: Callable[[], Result]
    listener: Listener
    shared_prompt: PooledText | None = None
    """What all other texts go on from; read before them."""

    def readable(self) -> Sequence[PooledText]:
        return self.pending if self.shared_prompt is None else [self.shared_prompt]

    def complete(self, text: PooledText) -> None:
        if text is self.shared_prompt:
            # Its caches stay: the others start from them.
            self.shared_prompt = None
        else:
            text.caches = None
            self.pending.remove(text)
