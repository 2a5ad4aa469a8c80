"""What the generation thread is doing, for threads that only watch it and for the parent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from ..protocol.frames import notification
from ..wire import HeartbeatParams

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


class Heartbeat:
    """Tells the parent that the process lives.

    Beats on a thread of its own, also while a native call holds the generation thread.
    """

    def __init__(self, activity: Activity, write: Callable[[bytes], None]) -> None:
        self._activity = activity
        self._write = write
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, interval: float) -> None:
        """Begins to beat every `interval` seconds; a second call changes nothing."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, args=(interval,), name="heartbeat", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, interval: float) -> None:
        while not self._stopped.wait(interval):
            beat = HeartbeatParams(
                uptime_ms=self._activity.uptime_ms,
                ticks=self._activity.ticks,
                activity=self._activity.current,
            )
            self._write(notification("heartbeat", beat))
