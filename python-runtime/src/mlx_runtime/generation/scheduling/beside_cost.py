"""What it costs to compute prompt tokens in the pass of a decode step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from .attention_cost import PromptTokens
from .scheduler import Chunk

FIRST_TOKENS = 32
"""Prompt tokens in the pass of a decode step, before the costs of such passes are known."""
GROWTH = 2
"""How many times larger than those before it such a pass may be: what more tokens cost is a
guess."""


class MeasuredStep(NamedTuple):
    """A decode step that has ended."""

    rows: int
    tokens: int
    """Of all rows, drafted ones and padding included."""
    prompts: PromptTokens
    """Those that were computed beside it."""
    seconds: float
    drafted: bool
    follows: bool
    """It was started before the one before it had ended."""
    usual: bool
    """Other steps like it will take as long."""


class BesideCost(Protocol):
    """Measured on one kind of device: the kinds differ in what such a pass is spent on."""

    @property
    def usual_share(self) -> float:
        """Decode steps' time that prompts may take beside one, while no more wait than run."""
        ...

    @property
    def apart(self) -> int:
        """Where a pass of their own has room for more tokens, they are computed faster there."""
        ...

    @property
    def known(self) -> bool:
        """False before anything was measured."""
        ...

    @property
    def step_is_due(self) -> bool:
        """True when the next decode step is to run alone, to be measured."""
        ...

    def most_tokens(self, rows: int, share: float) -> int:
        """Prompt tokens that may be beside a decode step of so many rows, if they may take `share`
        times as long as the step alone; costs must be known."""
        ...

    def cut_to(self, budget: int, chunks: Sequence[Chunk], /) -> list[Chunk]:
        """As much of these chunks, in order, as takes no longer than so many tokens at the
        beginning of a prompt, and a few tokens of the first one at least."""
        ...

    def observe(self, step: MeasuredStep) -> bool:
        """To be told of each decode step. False: part of its seconds was the pass before it."""
        ...
