"""How often guesses of one kind hold, and what was guessed last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FORGET = 0.08
"""How far one token moves the measured rate."""
_HOPE = 0.01
"""How far a step without guesses moves it back: what failed may hold again."""
_HIGHEST = 0.99


class AcceptanceRate:
    """The chance that one guessed token holds where those before it did, measured."""

    __slots__ = ("_prior", "value")

    def __init__(self, prior: float) -> None:
        self._prior = prior
        self.value = prior

    def observe(self, held: int, missed: bool) -> None:
        """Takes note of guesses: how many held, and whether the next one did not."""
        for _ in range(held):
            self.value = min(self.value + _FORGET * (1 - self.value), _HIGHEST)
        if missed:
            self.value -= _FORGET * self.value

    def decay_to_prior(self) -> None:
        """Takes note of a step in which nothing was guessed."""
        self.value += _HOPE * max(0.0, self._prior - self.value)

    def odds(self, limit: int) -> Iterator[float]:
        """The chance that the first, the first two, ... of up to `limit` guesses hold."""
        chance = 1.0
        for _ in range(limit):
            chance *= self.value
            yield chance


@dataclass(frozen=True, slots=True)
class PendingDraft:
    """Tokens that a row was expected to go on with."""

    rate: AcceptanceRate
    start: int
    """Tokens that the row had generated before."""
    tokens: Sequence[int]

    def observe(self, generated: Sequence[int]) -> None:
        """Tells the rate how much of it the row went on with."""
        chosen = generated[self.start : self.start + len(self.tokens)]
        held = agreement(self.tokens, chosen)
        # A row that ended, or could take no more, says nothing of the tokens behind.
        self.rate.observe(held, missed=held < len(chosen))


def agreement(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two texts have in common at their beginnings."""
    common = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        common += 1
    return common
