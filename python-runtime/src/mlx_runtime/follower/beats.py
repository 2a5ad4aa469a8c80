"""Tells the first process, again and again, that this one lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from msgspec import Struct

from ..ranks.messages import Alive, Memory

MemoryInUse = Callable[[], tuple[int, int]]
"""Bytes, now and at most."""


class Beats:
    """On a thread of their own, also while a native call holds the one that computes."""

    def __init__(self, seconds: float, say: Callable[[Struct], None]) -> None:
        """`seconds`: between two of them."""
        self._seconds = seconds
        self._say = say
        self._memory: MemoryInUse | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="beats", daemon=True).start()

    def report(self, memory: MemoryInUse) -> None:
        """From now on they tell how much memory this process takes."""
        self._memory = memory

    def _run(self) -> None:
        while True:
            memory = self._memory
            self._say(Alive() if memory is None else Memory(*memory()))
            time.sleep(self._seconds)
