"""Calls whose arguments are handed on while they are written."""

from __future__ import annotations

from collections.abc import Generator

from .call_reader import CallContext
from .json_scanner import JsonObjectScanner
from .markers import common_length
from .parts import CallDelta, Content, Mismatch, Part
from .tool_format import JsonLayout


class _Unexpected(Exception):
    """The text does not follow the layout, which a grammar would have held it to."""


class StreamedCalls:
    """For text that a grammar holds to the layout.

    The reading is one coroutine, so that it can be read from top to bottom; it
    stops wherever more text is needed.
    """

    def __init__(self, context: CallContext, layout: JsonLayout) -> None:
        self._context = context
        self._layout = layout
        self._pending = ""
        self._untold = context.format.start
        """What was read of a call whose name is not known yet."""
        self._parts: list[Part] = []
        self._reading = self._read()

    def push(self, text: str) -> tuple[list[Part], str | None]:
        self._pending += text
        ended = False
        try:
            next(self._reading)
        except StopIteration:
            ended = True
        except _Unexpected:
            reason = f"{self._context.format.name}: not the layout of a call"
            self._parts.append(Mismatch(self._untold, reason))
            ended = True
        parts, self._parts = self._parts, []
        return parts, self._pending if ended else None

    def flush(self, *, cut: bool) -> list[Part]:
        left = self._untold + self._pending
        if not left:
            return []
        if cut:
            return [Content(left)]
        return [Mismatch(left, f"{self._context.format.name}: the answer ended inside a call")]

    def _read(self) -> Generator[None]:
        layout, end = self._layout, self._context.format.end
        yield from self._literal(layout.head)
        while True:
            yield from self._call()
            if layout.joint is None:
                break
            if not (yield from self._follows(layout.joint + layout.opening)):
                break
            self._take(len(layout.joint))
        yield from self._literal(layout.tail + end)
        self._untold = ""

    def _call(self) -> Generator[None]:
        layout, index = self._layout, self._context.next_index()
        yield from self._literal(layout.opening)
        name = yield from self._name()
        self._untold = ""
        id = self._context.format.call_id(name, index)
        self._parts.append(CallDelta(index, id=id, name=name))
        yield from self._arguments(index)
        yield from self._literal(layout.closing)
        self._untold = ""

    def _arguments(self, index: int) -> Generator[None]:
        scanner = JsonObjectScanner()
        while True:
            length = scanner.push(self._pending)
            text = self._pending[:length]
            if text:
                self._parts.append(CallDelta(index, text))
            self._pending = self._pending[len(text) :]
            if length is not None:
                return
            yield

    def _literal(self, text: str) -> Generator[None]:
        fits = yield from self._follows(text)
        self._take(common_length(text, self._pending))
        if not fits:
            raise _Unexpected

    def _follows(self, text: str) -> Generator[None, None, bool]:
        while not self._pending.startswith(text):
            if not text.startswith(self._pending):
                return False
            yield
        return True

    def _name(self) -> Generator[None, None, str]:
        behind = self._layout.before_arguments
        while (found := behind.search(self._pending)) is None:
            yield
        name = self._take(found.start())
        self._take(found.end() - found.start())
        return name

    def _take(self, length: int) -> str:
        taken, self._pending = self._pending[:length], self._pending[length:]
        self._untold += taken
        return taken
