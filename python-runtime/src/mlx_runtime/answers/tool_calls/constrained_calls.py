"""Calls that a grammar holds to their layout, handed on while they are written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

from ..markers import common_length
from ..parts import CallDelta, Mismatch, Part
from .call_reader import CallContext


class Unexpected(Exception):
    """The text does not follow the layout, which a grammar would have held it to."""


class HeldCalls(ABC):
    """The reading is one coroutine, so that it can be read from top to bottom; it
    stops wherever more text is needed.
    """

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._pending: str = ""
        self._untold = context.format.start
        """What was read of a call whose name is not known yet."""
        self._parts: list[Part] = []
        self._reading = self._read()

    @abstractmethod
    def _read(self) -> Generator[None]:
        """From behind the start marker to the end marker."""

    def push(self, text: str) -> tuple[list[Part], str | None]:
        self._pending += text
        ended = False
        try:
            next(self._reading)
        except StopIteration:
            ended = True
        except Unexpected:
            reason = f"{self._context.format.name}: not the layout of a call"
            self._parts.append(Mismatch(self._untold, reason))
            ended = True
        parts, self._parts = self._parts, []
        return parts, self._pending if ended else None

    def flush(self, *, cut: bool) -> list[Part]:
        left = self._untold + self._pending
        # A call that was cut is neither a call nor an answer in words.
        if not left or cut:
            return []
        return [Mismatch(left, f"{self._context.format.name}: the answer ended inside a call")]

    def _begin(self, name: str, id: str | None = None) -> int:
        """Announces a call, with the id that the model gave it, if it did; returns its index."""
        index = self._context.next_index()
        self._untold = ""
        id = id or self._context.call_id(name, index)
        self._parts.append(CallDelta(index, id=id, name=name))
        return index

    def _write(self, index: int, arguments: str) -> None:
        self._parts.append(CallDelta(index, arguments))

    def _literal(self, text: str) -> Generator[None]:
        fits = yield from self._follows(text)
        self._take(common_length(text, self._pending))
        if not fits:
            raise Unexpected

    def _follows(self, text: str) -> Generator[None, None, bool]:
        while not self._pending.startswith(text):
            if not text.startswith(self._pending):
                return False
            yield
        return True

    def _take(self, length: int) -> str:
        taken, self._pending = self._pending[:length], self._pending[length:]
        self._untold += taken
        return taken
