"""Whether drafting yields what was promised of it. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

_FORGET = 0.9
"""Weight that earlier passes keep when a new one is done."""
_PRIOR_TOKENS = 32.0
"""That kept what they promised, before anything was drafted."""
_RECOVERY = 0.01
"""How far a plain step moves it back to its prior: what failed may work again."""
_LEAST, _MOST = 0.05, 1.0
_LONGEST = 2.0
"""Relative to what a step should take. What goes beyond is a hiccup of the machine."""
_ADAPT = 0.05
"""How far one plain step moves what is usual."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is expected of a step."""

    rate: float
    """Tokens per second."""
    seconds: float

    def excess(self, seconds: float) -> float:
        """What a step took, relative to this; not more than is credible."""
        return min(seconds / self.seconds, _LONGEST)


class SpeedupCalibration:
    """Whether steps that were drafted for yield what was promised of them.

    What a pass will cost and how many of its drafts will be accepted are estimates, each
    right on average at best. What counts is the tokens that came of drafting, over
    those that were promised for the time it took. Plain steps take longer than expected, too,
    on a machine that is busy now and then: what they do, is not held against drafts.
    """

    def __init__(self) -> None:
        self._yielded = self._promised = _PRIOR_TOKENS
        self._usual = 1.0
        """What plain steps take, relative to what was expected."""

    @property
    def realised(self) -> float:
        """Tokens that came, per token that was promised: at most one."""
        return min(max(self._yielded / self._promised, _LEAST), _MOST)

    def observe(self, promise: Promise, seconds: float, yielded: float) -> None:
        """Takes note of a step that was drafted for, by its tokens."""
        excess = promise.excess(seconds) / self._usual
        self._promised = _FORGET * self._promised + promise.rate * promise.seconds * excess
        self._yielded = _FORGET * self._yielded + yielded

    def observe_plain(self, promise: Promise, seconds: float) -> None:
        """Takes note of a step that had nothing to do with drafts."""
        self._usual += _ADAPT * (promise.excess(seconds) - self._usual)
        self._yielded += _RECOVERY * max(0.0, self._promised - self._yielded)
