"""What it costs to compute tokens of prompts in the pass of a decode step. Pure arithmetic.

Such a pass takes as long as the step alone and some more for each of those tokens. While a
prompt is computed, no step runs alone; so now and then one does, lest a machine that has become
slower were taken for tokens that have become dearer.
"""

from __future__ import annotations

from collections import deque

from .looking_back import LookingBack, PromptTokens
from .step_cost import StepCost

_RECENT = 7
"""Passes whose median says what a token costs."""
_STEPS = 3
"""Steps alone whose median says how fast the machine is."""
_PASSES_BETWEEN = 16
"""Passes with prompts behind which a step runs alone."""
_LEAST_EXTRA = 0.1
"""Share of a pass that is for its prompts at least, whatever was measured."""


class BesideCost:
    """Seconds of decode steps with prompts beside them."""

    def __init__(self, steps: StepCost) -> None:
        """`steps`: what decode steps take alone."""
        self._steps = steps
        self._alone: deque[tuple[int, float]] = deque(maxlen=_STEPS)
        self._recent: deque[tuple[int, PromptTokens, float]] = deque(maxlen=_RECENT)
        """Rows, what was beside them, and seconds."""
        self._since_alone = 0
        self.looking_back = LookingBack()

    @property
    def known(self) -> bool:
        """False before a decode step was measured."""
        return self._steps.known

    @property
    def step_is_due(self) -> bool:
        """True when the next decode step is to run alone, to be measured."""
        return self._since_alone >= _PASSES_BETWEEN

    def observe_alone(self, rows: int, seconds: float) -> None:
        """A decode step took so long with nothing beside it."""
        self._alone.append((rows, seconds))
        self._since_alone = 0

    def observe(self, rows: int, prompts: PromptTokens, seconds: float) -> None:
        """A decode step took so long with these tokens beside it."""
        self._recent.append((rows, prompts, seconds))
        self._since_alone += 1
        self.looking_back.observe(prompts, self._extra(rows, seconds))

    def step_seconds(self, rows: int) -> float:
        """Of a decode step alone, as the machine is now; one must have been measured."""
        usual = self._steps.seconds(rows)
        if not self._alone:
            return usual
        return usual * _median([taken / self._steps.seconds(count) for count, taken in self._alone])

    def most_tokens(self, extra: float, first: int, growth: int) -> int:
        """How many tokens, as they count, make a pass longer by that many seconds. Before a pass
        was measured `first`; what more tokens than were ever computed at once cost is a guess,
        so it is at most `growth` times as many as lately."""
        if not self._recent:
            return first
        counts = [self.looking_back.count(prompts) for _, prompts, _ in self._recent]
        each = [
            self._extra(rows, seconds) / count
            for (rows, _, seconds), count in zip(self._recent, counts, strict=True)
        ]
        return int(min(extra / _median(each), max(first, growth * max(counts))))

    def _extra(self, rows: int, seconds: float) -> float:
        """What of a pass's seconds is for its prompts."""
        return max(seconds - self.step_seconds(rows), _LEAST_EXTRA * seconds)


def _median(values: list[float]) -> float:
    """Of two in the middle the lower one, since what disturbs takes time."""
    return sorted(values)[(len(values) - 1) // 2]
