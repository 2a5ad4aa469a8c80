"""One text on its way through the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ...requests import TopLogprob
from ..kv_cache.layer_caches import Caches


@dataclass(slots=True, eq=False)
class PooledText:
    """A text is read in one pass, or in several when it is long."""

    tokens: Sequence[int]
    """What is fed to the model."""
    following: int | None = None
    """The token behind them, where it is scored and not fed."""
    read: int = 0
    caches: Caches | None = None
    """Plain ones, while the text is partly read."""
    broken: bool = False
    """What came out of the model were no finite numbers."""
    total: NDArray[np.float64] | None = None
    """Of hidden states: their sum, or the last of them."""
    logprobs: list[float] = field(default_factory=list[float])
    top: list[tuple[TopLogprob, ...]] = field(default_factory=list[tuple[TopLogprob, ...]])
    score: float = 0.0

    @property
    def unread(self) -> int:
        return len(self.tokens) - self.read

    def next(self, length: int) -> list[int]:
        """The next tokens to be read."""
        return list(self.tokens[self.read : self.read + length])

    def targets(self, length: int) -> list[int]:
        """The token behind each of them."""
        known = list(self.tokens[self.read + 1 : self.read + length + 1])
        return known if len(known) == length or self.following is None else [*known, self.following]


class Kind(Protocol):
    """What is computed for the texts of a pass. Texts of one kind share passes."""

    most_tokens: int
    """In one pass, padding included."""

    def fresh_caches(self) -> Caches:
        """For a text of which nothing was read."""
        ...

    def start(
        self, caches: Caches, texts: Sequence[PooledText], lengths: Sequence[int]
    ) -> list[mx.array]:
        """Builds the pass over the next `lengths` tokens; returns what to compute."""
        ...

    def finish(
        self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        """Keeps what was computed in the texts, which still stand before the pass."""
        ...
