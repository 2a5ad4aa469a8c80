"""A pooling request: its texts, what is done with them, who waits for it, and what runs next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...errors import Failure
from ...pooling import Result
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
    """What all texts go on from; computed before them."""

    def ready(self) -> Sequence[PooledText]:
        """The texts that can be computed now."""
        return self.pending if self.shared_prompt is None else [self.shared_prompt]

    def complete(self, text: PooledText) -> None:
        if text is self.shared_prompt:
            # Its caches stay: the others start from them.
            self.shared_prompt = None
        else:
            text.caches = None
            self.pending.remove(text)


@dataclass(frozen=True, slots=True)
class PoolingPlan:
    """One pass: the next tokens of some texts, all of one kind."""

    jobs: Sequence[Job]
    """Of each text."""
    texts: Sequence[PooledText]
    lengths: Sequence[int]
    keeps_caches: bool
    """What is computed is needed behind the pass; only where there is one text."""

    @property
    def kind(self) -> Kind:
        return self.jobs[0].kind

    @property
    def tokens(self) -> int:
        return sum(self.lengths)
