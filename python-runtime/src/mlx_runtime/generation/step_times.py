"""What decode steps take, told to everything that goes by it."""

from __future__ import annotations

import time

from .scheduling.prefill_budget import DeviceClock, Pace
from .scheduling.step_cost import Cadence, PassCost
from .threads import Cores


class StepTimes:
    def __init__(self, clock: DeviceClock, cores: Cores, pace: Pace, cost: PassCost) -> None:
        """`clock`: of all work of the device, prompts included."""
        self._clock = clock
        self._cores = cores
        self._pace = pace
        self._cost = cost
        self._cadence = Cadence()

    def interrupt(self) -> None:
        """Something else than decode steps takes the time until the next one."""
        self._cadence.interrupt()

    def begin(self, rows: int, width: int) -> None:
        """Call before a step starts: of so many rows, and tokens of each."""
        self._clock.start(time.perf_counter())
        self._cores.begin_step(rows * width)

    def end(self, rows: int, width: int, *, drafted: bool) -> float:
        """Call for each step in turn, when its choices are there; seconds it took in all."""
        now = time.perf_counter()
        seconds = self._clock.done(now)
        in_all = self._cadence.step(now, seconds)
        self._cost.observe(rows * width, in_all)
        self._cores.end_step(seconds)
        if not drafted:
            self._pace.observe_decode(rows, seconds)
        return in_all
