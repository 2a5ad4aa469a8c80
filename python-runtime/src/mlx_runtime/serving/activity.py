"""What the generation thread is doing, for threads that only watch it."""

from __future__ import annotations

import time
from typing import Literal

ActivityName = Literal["idle", "loading", "prefilling", "decoding"]


class Activity:
    """Written by the generation thread only."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.current: ActivityName = "idle"
        self.ticks = 0
        """Grows with every piece of work that is done, and only then."""

    @property
    def uptime_ms(self) -> float:
        return (time.monotonic() - self._started) * 1000

    def tick(self) -> None:
        self.ticks += 1
