"""Writes whole lines to the parent, in order, from any thread."""

from __future__ import annotations

import os
import threading


class FrameWriter:
    """Blocks the caller while the pipe is full, so nothing is queued without bound.

    After the parent closed its end, writes are dropped: the reader and the
    parent watch end the process.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._closed = False

    def write(self, line: bytes) -> None:
        with self._lock:
            if self._closed:
                return
            rest = memoryview(line)
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except (BrokenPipeError, ConnectionResetError):
                self._closed = True
