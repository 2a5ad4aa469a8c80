"""What passes take, told to everything that goes by it."""

from __future__ import annotations

import time
from collections import abc, deque

from .scheduling.beside_cost import BesideCost, MeasuredStep
from .scheduling.scheduler import Chunk
from .scheduling.step_cost import StepCost, StepInterval
from .scheduling.token_budget import DeviceClock, TokenBudget
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
        beside_cost: BesideCost,
        *,
        prepares: bool,
    ) -> None:
        """`cost`: of decode steps. `beside_cost`: of those with prompts beside them, too.
        `prepares`: the first pass of a shape may take far longer than the next ones."""
        self._clock = DeviceClock()
        self._token_budget = token_budget
        self._cost = cost
        self._beside_cost = beside_cost
        self._prepares = prepares
        self._interval = StepInterval()
        self._follow: deque[bool] = deque()
        """Of each step in flight whether it was started behind another one."""
        self._shapes: set[tuple[int, int]] = set()
        """Sequences and tokens of each, of the decode steps so far."""

    def beside_budget(self, running: int, waiting: int) -> int:
        """Prompt tokens to prefill in the pass of a decode step, if they were at the beginning of
        their prompts; 0: in one of their own."""
        return self._token_budget.beside_budget(self._beside_cost, running, waiting)

    @property
    def step_is_due(self) -> bool:
        """True when the next decode step is to have no prompts beside it, to be measured."""
        return self._beside_cost.step_is_due

    def cut_to(self, budget: int, chunks: abc.Sequence[Chunk]) -> list[Chunk]:
        """As much of these chunks, in order, as takes no longer than such a budget."""
        return self._beside_cost.cut_to(budget, chunks)

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
        waited = step.overlaps and not follows
        usual = not prepared and not (waited and self._cost.is_sure_of(tokens))
        drafted = bool(step.drafts)
        measured = MeasuredStep(rows, tokens, step.prompts, in_all, drafted, follows, usual)
        if not self._beside_cost.observe(measured) or step.prompts.tokens:
            return seconds
        if usual:
            self._cost.observe(tokens, in_all)
        if not drafted:
            self._token_budget.observe_decode(rows, seconds)
        return seconds

    def _has_prepared(self, rows: int, width: int) -> bool:
        """True: it was the first of its shape, and says nothing of how long the next ones take."""
        first = (rows, width) not in self._shapes
        self._shapes.add((rows, width))
        return first and self._prepares and self._cost.known
