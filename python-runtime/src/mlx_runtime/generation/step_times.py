"""What decode steps take, told to everything that goes by it."""

from __future__ import annotations

import time

from .scheduling.step_cost import StepCost, StepInterval
from .scheduling.token_budget import DeviceClock, TokenBudget
from .threads import Threads


class StepTimes:
    def __init__(
        self, clock: DeviceClock, threads: Threads, token_budget: TokenBudget, cost: StepCost
    ) -> None:
        """`clock`: of all work of the device, prompts included."""
        self._clock = clock
        self._threads = threads
        self._token_budget = token_budget
        self._cost = cost
        self._cadence = StepInterval()

    def interrupt(self) -> None:
        """Something else than decode steps takes the time until the next one."""
        self._cadence.interrupt()

    def begin(self, rows: int, width: int) -> None:
        """Call before a step starts: of so many rows, and tokens of each."""
        self._clock.start(time.perf_counter())
        self._threads.begin_step(rows * width)

    def end(self, rows: int, width: int, *, drafted: bool) -> float:
        """Call for each step in turn, when its choices are there; seconds it took in all."""
        now = time.perf_counter()
        seconds = self._clock.done(now)
        in_all = self._cadence.step(now, seconds)
        self._cost.observe(rows * width, in_all)
        self._threads.end_step(seconds)
        if not drafted:
            self._token_budget.observe_decode(rows, seconds)
        return in_all
