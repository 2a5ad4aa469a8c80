"""A call that waits and holds Python's lock ends with a child, as forming a group has to."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from types import FrameType

from mlx_runtime.ranks.interruption import interrupted_by_children

_PATIENCE_SECONDS = 20


def test_a_native_call_that_waits_returns_when_a_child_ends() -> None:
    late: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        late.append(number)

    before = signal.signal(signal.SIGALRM, note)
    signal.alarm(_PATIENCE_SECONDS)
    try:
        with interrupted_by_children():
            child = subprocess.Popen(["sleep", "0.3"])
            # Of a library that is called with the lock held.
            ctypes.PyDLL(None).pause()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert child.wait() == 0
    assert late == []
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
