"""How often drafted tokens of one kind are accepted, and what was drafted last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FORGET = 0.08
"""How far one token moves the measured rate."""
_RECOVERY = 0.01
"""How far a step without drafts moves it back: what failed may be accepted again."""
_HIGHEST = 0.99


class AcceptanceRate:
    """The chance that one drafted token is accepted where those before it were, measured."""

    __slots__ = ("_prior", "value")

    def __init__(self, prior: float) -> None:
        self._prior = prior
        self.value = prior

    def observe(self, accepted: int, rejected: bool) -> None:
        """Takes note of how many drafted tokens were accepted, and whether the next was not."""
        for _ in range(accepted):
            self.value = min(self.value + _FORGET * (1 - self.value), _HIGHEST)
        if rejected:
            self.value -= _FORGET * self.value

    def decay_to_prior(self) -> None:
        """Takes note of a step in which nothing was drafted."""
        self.value += _RECOVERY * max(0.0, self._prior - self.value)

    def joint_probabilities(self, limit: int) -> Iterator[float]:
        """The chance that the first, the first two, ... of up to `limit` tokens are accepted."""
        chance = 1.0
        for _ in range(limit):
            chance *= self.value
            yield chance


@dataclass(frozen=True, slots=True)
class PendingDraft:
    """Tokens that were drafted for a sequence, while their fate is open."""

    rate: AcceptanceRate
    start: int
    """Output tokens that there were before."""
    tokens: Sequence[int]

    def observe(self, generated: Sequence[int]) -> None:
        """Tells the rate how many of them the sequence went on with."""
        chosen = generated[self.start : self.start + len(self.tokens)]
        accepted = agreement(self.tokens, chosen)
        # A sequence that ended, or could take no more, says nothing of the tokens behind.
        self.rate.observe(accepted, rejected=accepted < len(chosen))


def agreement(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two texts have in common at their beginnings."""
    common = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        common += 1
    return common
