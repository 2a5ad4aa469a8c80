"""What prompt tokens beside a decode step cost on a GPU. Pure arithmetic.

A pass is measured by how many tokens it has in all: up to a few hundred of them, handing it over
takes most of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .beside_cost import FIRST_TOKENS, GROWTH, MeasuredStep
from .scheduler import Chunk
from .step_cost import StepCost

_SMALL = 256
"""A pass of so many tokens in all has nothing to gain from fewer."""
_NO_LONGER = 1.2
"""Times as long as a small one that a pass takes whose further tokens are as good as free."""
_MOST_TOKENS = 512
"""Of prompts."""


class BesideOnGPU:
    """Seconds of passes by the number of their tokens."""

    usual_share = 1.25
    apart = 2048
    step_is_due = False
    """Decode steps alone come in between anyway."""

    def __init__(self, steps: StepCost, timings: Iterable[tuple[int, float]]) -> None:
        """`steps`: what decode steps take alone. `timings`: tokens of a pass and its seconds."""
        self._steps = steps
        self._passes = StepCost(timings)
        """Of a prompt no logits are computed, so that these are not decode steps' costs."""
        self._pending: tuple[int, float] | None = None
        """Tokens and seconds of the last pass, if prompts were beside it and it is not noted."""

    @property
    def known(self) -> bool:
        return self._passes.known

    def seconds(self, tokens: int) -> float:
        """Of a pass of so many tokens in all; one must have been measured."""
        return self._passes.seconds(tokens)

    def most_tokens(self, rows: int, share: float) -> int:
        seconds = (1.0 + share) * self.seconds(rows)
        seconds = max(seconds, _NO_LONGER * self.seconds(_SMALL))
        seen = max(GROWTH * self._passes.largest, rows + FIRST_TOKENS)
        most = min(seen, rows + _MOST_TOKENS)
        return max(0, self._passes.most_tokens(seconds, most) - rows)

    def cut_to(self, _: int, chunks: Sequence[Chunk], /) -> list[Chunk]:
        """All of them: what attention adds is not measured on its own there."""
        return list(chunks)

    def observe(self, step: MeasuredStep) -> bool:
        """A device is busy with one pass while the host hands over the next, so that what either
        takes shows in the other's time: their sum counts, less what the next step takes alone."""
        if self._pending is not None:
            (tokens, seconds), self._pending = self._pending, None
            self._passes.observe(tokens, seconds + self._shared(step))
            if step.follows:
                return False
        if step.prompts.tokens:
            self._pending = step.tokens + step.prompts.tokens, step.seconds
        elif step.usual:
            self._passes.observe(step.tokens, step.seconds)
        return True

    def _shared(self, step: MeasuredStep) -> float:
        """Seconds of a step that were the pass before it."""
        if not step.follows or not self._steps.known:
            return 0.0
        return max(0.0, step.seconds - self._steps.seconds(step.tokens))
