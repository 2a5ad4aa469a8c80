"""One text on its way through the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ...requests import TopLogprob
from ..forward import Forward
from ..kv_cache.layer_caches import Caches

Outputs: TypeAlias = Sequence[mx.array]
"""What a pass was started for; the first axis of each is the texts'."""


@dataclass(slots=True, eq=False)
class PooledText:
    """A text is computed in one pass, or in several when it is long."""

    tokens: Sequence[int]
    """What is fed to the model."""
    token_types: Sequence[int] = ()
    """Of each token, where a pair is judged."""
    following: int | None = None
    """The token behind them, where it is scored and not fed."""
    num_computed_tokens: int = 0
    caches: Caches | None = None
    """Plain ones, while the text is partly computed."""
    broken: bool = False
    """What came out of the model were no finite numbers."""
    total: NDArray[np.float64] | None = None
    """(size,): of hidden states, their sum or the last of them."""
    logprobs: list[float] = field(default_factory=list[float])
    top: list[tuple[TopLogprob, ...]] = field(default_factory=list[tuple[TopLogprob, ...]])
    score: float = 0.0

    @property
    def num_remaining_tokens(self) -> int:
        return len(self.tokens) - self.num_computed_tokens

    def next(self, length: int) -> list[int]:
        """The next tokens to compute."""
        begin = self.num_computed_tokens
        return list(self.tokens[begin : begin + length])

    def targets(self, length: int) -> list[int]:
        """The token behind each of them."""
        begin = self.num_computed_tokens + 1
        known = list(self.tokens[begin : begin + length])
        return known if len(known) == length or self.following is None else [*known, self.following]


class Kind(Protocol):
    """What is computed for the texts of a pass. Texts of one kind share passes."""

    most_tokens: int
    """In one pass, padding included."""
    splits: bool
    """False: a text is computed in one pass, however long it is."""

    def fresh_caches(self, forward: Forward) -> Caches:
        """For a text of which nothing is computed."""
        ...

    def start(
        self,
        forward: Forward,
        caches: Caches,
        texts: Sequence[PooledText],
        lengths: Sequence[int],
    ) -> list[mx.array]:
        """Builds the pass over the next `lengths` tokens; returns the arrays to compute, whose
        first axis is the texts': (texts, ...)."""
        ...

    def finish(self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Outputs) -> None:
        """Keeps the outputs of `start` in the texts, which still stand before the pass."""
        ...
