"""Whether drafting yields what was promised of it. Pure arithmetic."""

from __future__ import annotations

_FORGET = 0.9
"""Weight that earlier steps keep when a new one is done."""
_PRIOR_TOKENS = 32.0
"""That kept what they promised, before anything was drafted."""
_RECOVERY = 0.01
"""How far a plain step moves it back to its prior: what failed may work again."""
_LEAST, _MOST = 0.05, 1.0


class SpeedupCalibration:
    """Whether steps that were drafted for yield the tokens that were promised of them.

    How many drafts will be accepted is an estimate for each sequence, right on average at best,
    and the best looking ones are drafted. What counts is the tokens that came of drafting, over
    those that were promised. Seconds say nothing here: `StepCost` knows what steps take, and
    what one step took, on a machine that is busy now and then, is mostly luck.
    """

    def __init__(self) -> None:
        self._yielded = self._promised = _PRIOR_TOKENS

    @property
    def realised(self) -> float:
        """Tokens that came, per token that was promised: at most one."""
        return min(max(self._yielded / self._promised, _LEAST), _MOST)

    def observe(self, promised: float, yielded: float) -> None:
        """Takes note of a step that was drafted for, by its tokens."""
        self._promised = _FORGET * self._promised + promised
        self._yielded = _FORGET * self._yielded + yielded

    def decay_to_prior(self) -> None:
        """Takes note of a step without drafts."""
        self._yielded += _RECOVERY * max(0.0, self._promised - self._yielded)
