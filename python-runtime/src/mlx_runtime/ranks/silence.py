"""Notices that somebody says nothing any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_LOOKS = 10
"""How often it looks while it waits for a word."""


class Silence:
    """Counts looks, not time: a machine that slept, or a process that was held up, heard nothing
    for one look."""

    def __init__(self, seconds: float, on_silence: Callable[[], None]) -> None:
        """`on_silence`: called once after so many seconds, from a thread of its own."""
        self._between_looks = seconds / _LOOKS
        self._on_silence = on_silence
        self._heard = True
        self._over = threading.Event()
        self._started = False

    def heard(self) -> None:
        """Somebody said something; the first word begins the watch."""
        self._heard = True
        if not self._started:
            self._started = True
            threading.Thread(target=self._watch, name="silence", daemon=True).start()

    def end(self) -> None:
        """Nothing more is waited for."""
        self._over.set()

    def _watch(self) -> None:
        silent = 0
        while silent <= _LOOKS:
            time.sleep(self._between_looks)
            if self._over.is_set():
                return
            silent = 0 if self._heard else silent + 1
            self._heard = False
        self._on_silence()
