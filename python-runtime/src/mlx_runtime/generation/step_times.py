"""What passes take, told to everything that goes by it."""

from __future__ import annotations

import time
from collections import abc, deque

from .scheduling.beside_cost import BesideCost
from .scheduling.looking_back import PromptTokens
from .scheduling.scheduler import Chunk
from .scheduling.step_cost import StepCost, StepInterval
from .scheduling.token_budget import ON_CPU, DeviceClock, TokenBudget
from .steps import DecodeStep, Step


class StepTimes:
    """Steps are started and ended in the same order.

    Decode steps and those with prompts beside them are told apart: of a prompt no logits are
    computed. What is measured of a step goes into its cost only if other steps will have
    it too: not the first pass of a shape on a device that prepares kernels, nor a step that had to
    wait for the tokens of the one before where others need not.
    """

    def __init__(
        self,
        token_budget: TokenBudget,
        cost: StepCost,
        beside_cost: StepCost | BesideCost,
        *,
        prepares: bool,
    ) -> None:
        """`cost`: of decode steps. `beside_cost`: of those with prompts beside them, too.
        `prepares`: the first pass of a shape may take far longer than the next ones."""
        self._clock = DeviceClock()
        self._token_budget = token_budget
        self._cost = cost
        self._beside_cost = beside_cost
        self._counting = beside_cost if isinstance(beside_cost, BesideCost) else None
        self._passes = beside_cost if isinstance(beside_cost, StepCost) else None
        self._prepares = prepares
        self._interval = StepInterval()
        self._follow: deque[bool] = deque()
        """Of each step in flight whether it was started behind another one."""
        self._shapes: set[tuple[int, int]] = set()
        """Sequences and tokens of each, of the decode steps so far."""
        self._beside: tuple[int, float] | None = None
        """Tokens and seconds of the last step, if prompts were beside it and it is not noted."""

    def beside_budget(self, running: int, waiting: int) -> int:
        """Prompt tokens to prefill in the pass of a decode step, of short prompts; 0: in one of
        their own."""
        return self._token_budget.beside_budget(self._beside_cost, running, waiting)

    @property
    def step_is_due(self) -> bool:
        """True when the next decode step is to have no prompts beside it, to be measured."""
        return self._counting is not None and self._counting.step_is_due

    def cut_to(self, budget: int, chunks: abc.Sequence[Chunk]) -> list[Chunk]:
        """As much of some prompts, in order, as takes no longer than so many tokens of short
        ones, and of the first one a few tokens at least."""
        if self._counting is None:
            return list(chunks)
        looking_back = self._counting.looking_back
        cut: list[Chunk] = []
        left = float(budget)
        for chunk in chunks:
            room = ON_CPU.most - sum(each.tokens for each in cut)
            if cut and (left < 1 or room < 1):
                break
            computed = chunk.sequence.num_computed_tokens
            tokens = min(chunk.tokens, looking_back.most(computed, left), room)
            left -= looking_back.count(PromptTokens.behind(computed, tokens))
            cut.append(Chunk(chunk.sequence, tokens))
        return cut

    def interrupt(self) -> None:
        """Something else than decode steps takes the time until the next one."""
        self._interval.interrupt()

    def start(self, step: Step) -> None:
        self._clock.start(step.started)
        self._follow.append(bool(self._follow))

    def end(self) -> float:
        """Call when the results of a pass are there; seconds that it took alone."""
        self._follow.popleft()
        return self._clock.done(time.perf_counter())

    def end_decode(self, step: DecodeStep) -> float:
        """The same of a decode step."""
        now = time.perf_counter()
        follows = self._follow.popleft()
        seconds = self._clock.done(now)
        in_all = self._interval.step(now, seconds)
        rows = len(step.sequences)
        tokens = rows * step.width
        prepared = self._has_prepared(rows, step.width)
        if self._end_beside(tokens, in_all, follows=follows):
            return seconds
        if step.prompts.tokens:
            self._observe_beside(step, in_all)
            return seconds
        waited = step.overlaps and not follows
        if not prepared and not (waited and self._cost.is_sure_of(tokens)):
            self._cost.observe(tokens, in_all)
            if self._passes is not None:
                self._passes.observe(tokens, in_all)
        if not step.drafts:
            if self._counting is not None:
                self._counting.observe_alone(rows, in_all)
            self._token_budget.observe_decode(rows, seconds)
        return seconds

    def _observe_beside(self, step: DecodeStep, seconds: float) -> None:
        rows = len(step.sequences)
        passed = rows * step.width + step.prompts.tokens
        if self._counting is not None:
            self._counting.observe(rows, step.prompts, seconds)
        elif self._prepares:
            self._beside = passed, seconds
        elif self._passes is not None:
            self._passes.observe(passed, seconds)

    def _end_beside(self, tokens: int, seconds: float, *, follows: bool) -> bool:
        """Notes what a step with prompts beside it took, once the next one has ended; False: that
        one's time is its own.

        A device is busy with the one while the host hands over the other, of so many `tokens` and
        `seconds`, so that what either takes shows in the other's time: their sum counts, less
        what the next one takes by itself.
        """
        if self._beside is None or self._passes is None:
            return False
        (own_tokens, own_seconds), self._beside = self._beside, None
        shared = seconds - self._cost.seconds(tokens) if follows and self._cost.known else 0.0
        self._passes.observe(own_tokens, own_seconds + max(0.0, shared))
        return follows

    def _has_prepared(self, rows: int, width: int) -> bool:
        """True: it was the first of its shape, and says nothing of how long the next ones take."""
        first = (rows, width) not in self._shapes
        self._shapes.add((rows, width))
        return first and self._prepares and self._cost.known
