"""Calls whose arguments are a JSON object, handed on character by character."""

from __future__ import annotations

from collections.abc import Generator

from ..tool_formats.tool_format import JsonLayout
from .call_reader import CallContext
from .constrained_calls import HeldCalls
from .json_scanner import JsonObjectScanner


class StreamedCalls(HeldCalls):
    def __init__(self, context: CallContext, layout: JsonLayout) -> None:
        super().__init__(context)
        self._layout = layout

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
        yield from self._literal(self._layout.opening)
        name, id = yield from self._name()
        yield from self._arguments(self._begin(name, id))
        yield from self._literal(self._layout.closing)
        self._untold = ""

    def _arguments(self, index: int) -> Generator[None]:
        scanner = JsonObjectScanner()
        while True:
            length = scanner.push(self._pending)
            text = self._pending[:length]
            if text:
                self._write(index, text)
            self._pending = self._pending[len(text) :]
            if length is not None:
                return
            yield

    def _name(self) -> Generator[None, None, tuple[str, str | None]]:
        """And the call's id, where one is written."""
        behind = self._layout.before_arguments
        while (found := behind.search(self._pending)) is None:
            yield
        name = self._take(found.start())
        self._take(found.end() - found.start())
        return name, found[1] if found.re.groups else None
