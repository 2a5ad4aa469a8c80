"""What passes take, told to everything that goes by it."""

from __future__ import annotations

import time

from .scheduling.step_cost import StepCost, StepInterval
from .scheduling.token_budget import DeviceClock, TokenBudget
from .steps import DecodeStep, Step


class StepTimes:
    """Steps are started and ended in the same order."""

    def __init__(self, token_budget: TokenBudget, cost: StepCost) -> None:
        self._clock = DeviceClock()
        self._token_budget = token_budget
        self._cost = cost
        self._interval = StepInterval()

    def beside_budget(self, running: int, waiting: int) -> int:
        """Prompt tokens to prefill in the pass of a decode step; 0: in one of their own."""
        return self._token_budget.beside_budget(self._cost, running, waiting)

    def interrupt(self) -> None:
        """Something else than decode steps takes the time until the next one."""
        self._interval.interrupt()

    def start(self, step: Step) -> None:
        self._clock.start(step.started)

    def end(self) -> float:
        """Call when the results of a pass are there; seconds that it took alone."""
        return self._clock.done(time.perf_counter())

    def end_decode(self, step: DecodeStep) -> tuple[float, float]:
        """The same of a decode step; and with what the host did since the one before."""
        now = time.perf_counter()
        seconds = self._clock.done(now)
        in_all = self._interval.step(now, seconds)
        rows = len(step.sequences)
        self._cost.observe(rows * step.width + step.num_prefilled_tokens, in_all)
        if not step.drafts and not step.num_prefilled_tokens:
            self._token_budget.observe_decode(rows, seconds)
        return seconds, in_all
