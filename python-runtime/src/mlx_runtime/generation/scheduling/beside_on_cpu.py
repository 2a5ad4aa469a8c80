"""What prompt tokens beside a decode step cost on a CPU. Pure arithmetic.

Such a pass takes as long as the step alone and some more for each of those tokens. While a
prompt is computed, no step runs alone; so now and then one does, lest a machine that has become
slower were taken for tokens that have become dearer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from .attention_cost import AttentionCost, PromptTokens
from .beside_cost import FIRST_TOKENS, GROWTH, MeasuredStep
from .scheduler import Chunk
from .step_cost import StepCost, lower_median

_RECENT = 7
"""Passes whose median says what a token costs."""
_STEPS = 3
"""Steps alone whose median says how fast the machine is."""
_PASSES_BETWEEN = 16
"""Passes with prompts behind which a step runs alone."""
_GAP = 2.4
"""Slow steps' time that a gap takes: it should not exceed 2.5, and times are noisy."""
_SLOW = 0.95
"""Share of steps alone that are no slower than a slow one,"""
_UNEVEN = 32
"""of so many,"""
_SLOWEST = 1.1
"""which takes so many times what is usual at most: another process may have disturbed it."""
_LEAST_EXTRA = 0.1
"""Share of a pass that is for its prompts at least, whatever was measured."""
_MOST_TOKENS = 128
"""Beside a decode step: larger passes run in lanes."""


class BesideOnCPU:
    """Seconds of decode steps with prompts beside them."""

    apart = _MOST_TOKENS

    def __init__(self, steps: StepCost) -> None:
        """`steps`: what decode steps take alone."""
        self._steps = steps
        self._alone: deque[tuple[int, float]] = deque(maxlen=_STEPS)
        self._recent: deque[tuple[int, PromptTokens, float]] = deque(maxlen=_RECENT)
        """Rows, what was beside them, and seconds."""
        self._unevenness: deque[float] = deque(maxlen=_UNEVEN)
        """Of steps alone, how many times as long as is usual they took."""
        self._since_alone = 0
        self._attention = AttentionCost()

    @property
    def usual_share(self) -> float:
        taken = sorted(self._unevenness)
        slow = taken[int(_SLOW * len(taken))] if len(taken) == _UNEVEN else 1.0
        return _GAP * min(max(slow, 1.0), _SLOWEST) - 1.0

    @property
    def known(self) -> bool:
        return self._steps.known

    @property
    def step_is_due(self) -> bool:
        return self._since_alone >= _PASSES_BETWEEN

    def most_tokens(self, rows: int, share: float) -> int:
        if not self._recent:
            return FIRST_TOKENS
        counts = [self._attention.count(prompts) for _, prompts, _ in self._recent]
        each = [
            self._extra(rows, seconds) / count
            for (rows, _, seconds), count in zip(self._recent, counts, strict=True)
        ]
        extra = share * self.step_seconds(rows)
        return int(min(extra / lower_median(each), max(FIRST_TOKENS, GROWTH * max(counts))))

    def cut_to(self, budget: int, chunks: Sequence[Chunk]) -> list[Chunk]:
        cut: list[Chunk] = []
        left = float(budget)
        for chunk in chunks:
            room = _MOST_TOKENS - sum(each.tokens for each in cut)
            if cut and (left < 1 or room < 1):
                break
            computed = chunk.sequence.num_computed_tokens
            tokens = min(chunk.tokens, self._attention.most(computed, left), room)
            left -= self._attention.count(PromptTokens.behind(computed, tokens))
            cut.append(Chunk(chunk.sequence, tokens))
        return cut

    def observe(self, step: MeasuredStep) -> bool:
        if step.prompts.tokens:
            self._recent.append((step.rows, step.prompts, step.seconds))
            self._since_alone += 1
            self._attention.observe(step.prompts, self._extra(step.rows, step.seconds))
        elif not step.drafted:
            self._alone.append((step.rows, step.seconds))
            if self.known:
                self._unevenness.append(step.seconds / self.step_seconds(step.rows))
            self._since_alone = 0
        return True

    def step_seconds(self, rows: int) -> float:
        """Of a decode step alone, as the machine is now; one must have been measured."""
        usual = self._steps.seconds(rows)
        if not self._alone:
            return usual
        shares = [taken / self._steps.seconds(count) for count, taken in self._alone]
        return usual * lower_median(shares)

    def _extra(self, rows: int, seconds: float) -> float:
        """What of a pass's seconds is for its prompts."""
        return max(seconds - self.step_seconds(rows), _LEAST_EXTRA * seconds)
