"""Whether drafting yields as many tokens as expected. Pure arithmetic."""

from __future__ import annotations

_FORGET = 0.9
"""Weight that earlier steps keep when a new one is done."""
_PRIOR_TOKENS = 32.0
"""Before anything was drafted: as many were expected as were yielded."""
_RECOVERY = 0.01
"""How far a plain step moves it back to its prior: what failed may work again."""
_LEAST, _MOST = 0.05, 1.0


class SpeedupCalibration:
    """Tokens that steps with drafts yielded, over those that they were expected to yield.

    Each sequence's acceptance rate is an estimate, right on average at best, and the drafts that
    look best are chosen, so that together they yield less than expected. Seconds say nothing
    here: `StepCost` knows what steps take, and what one step took, on a machine that is busy now
    and then, is mostly luck.
    """

    def __init__(self) -> None:
        self._yielded = self._promised = _PRIOR_TOKENS

    @property
    def realised(self) -> float:
        """Tokens yielded per token expected: at most one."""
        return min(max(self._yielded / self._promised, _LEAST), _MOST)

    def observe(self, promised: float, yielded: float) -> None:
        """Takes note of a step with drafts, by its tokens."""
        self._promised = _FORGET * self._promised + promised
        self._yielded = _FORGET * self._yielded + yielded

    def decay_to_prior(self) -> None:
        """Takes note of a step without drafts."""
        self._yielded += _RECOVERY * max(0.0, self._promised - self._yielded)
