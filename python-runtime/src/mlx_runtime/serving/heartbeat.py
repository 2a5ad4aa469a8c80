"""Tells the parent that the process lives and what its generation thread does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..protocol.frames import notification
from ..wire import HeartbeatParams
from .activity import Activity


class Heartbeat:
    """Beats on a thread of its own, also while a native call holds the generation thread."""

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
