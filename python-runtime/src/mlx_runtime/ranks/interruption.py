"""Has native calls that wait return when a process that this one started ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


def _note(number: int, frame: FrameType | None) -> None:
    """That there is a handler is all that is needed."""


@contextmanager
def interrupted_by_children() -> Generator[None]:
    """On the main thread, which the signal comes to.

    While MLX forms a group it holds Python's lock, so that no other thread can notice anything.
    A signal with a handler ends the system call that it waits in.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGCHLD, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)
