"""What the first process says to one that follows it."""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue
from typing import Any, NoReturn, TypeVar, cast

from msgspec import Struct

from ..ranks.messages import ToFollower
from ..ranks.pipes import PipeReader

Kind = TypeVar("Kind", bound=Struct)


class Said:
    """Its messages, in order. A thread of its own listens, so that its silence is
    noticed inside a collective that will never end, too."""

    def __init__(self, descriptor: int) -> None:
        self._reader: PipeReader[Any] = PipeReader(descriptor, cast("Any", ToFollower))
        self._queue: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._listen, name="first-rank", daemon=True).start()

    def next(self, kind: type[Kind]) -> Kind:
        """Raises TypeError where something else comes."""
        said = self._queue.get()
        if not isinstance(said, kind):
            raise TypeError(f"expected {kind.__name__}, not {type(said).__name__}")
        return said

    def _listen(self) -> None:
        try:
            for message in self._reader:
                self._queue.put(message)
        finally:
            leave(0)


def leave(code: int) -> NoReturn:
    """Without waiting for the thread that computes."""
    sys.stderr.flush()
    os._exit(code)
