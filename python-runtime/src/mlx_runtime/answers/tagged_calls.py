"""Calls whose arguments come in tags, handed on one argument after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from functools import cached_property

from .call_reader import CallContext
from .held_calls import HeldCalls, Unexpected
from .tool_format import TaggedLayout

TextParameters = Mapping[str, frozenset[str]]
"""By function: the parameters whose values are strings without quotes."""


class TaggedCalls(HeldCalls):
    def __init__(self, context: CallContext, layout: TaggedLayout, texts: TextParameters) -> None:
        super().__init__(context)
        self._layout = layout
        self._texts = texts

    def _read(self) -> Generator[None]:
        layout = self._layout
        while True:
            yield from self._call()
            yield from self._breaks()
            if not (layout.several and (yield from self._follows(layout.opening))):
                break
        yield from self._literal(self._context.format.end)
        self._untold = ""

    def _call(self) -> Generator[None]:
        layout = self._layout
        yield from self._breaks()
        yield from self._literal(layout.opening)
        name = yield from self._up_to(self._behind_function)
        yield from self._literal(layout.middle)
        index = self._begin(name)
        texts = self._texts.get(name, frozenset())
        before = "{"
        yield from self._breaks()
        while (yield from self._follows(layout.before_name)):
            self._take(len(layout.before_name))
            argument = yield from self._argument(texts)
            self._write(index, before + argument)
            before = ", "
            yield from self._breaks()
        yield from self._literal(layout.closing)
        self._write(index, "{}" if before == "{" else "}")
        self._untold = ""

    def _argument(self, texts: frozenset[str]) -> Generator[None, None, str]:
        """A member of the arguments' JSON object."""
        layout = self._layout
        name = yield from self._up_to(re.compile(re.escape(layout.behind_name)))
        yield from self._literal(layout.behind_name)
        value = yield from self._value(is_text=name in texts)
        return f"{json.dumps(name, ensure_ascii=False)}: {value}"

    def _value(self, *, is_text: bool) -> Generator[None, None, str]:
        end, begin = self._layout.behind_value, 0
        while True:
            while (place := self._pending.find(end, begin)) < 0:
                yield
            value = self._pending[:place]
            # In JSON the tag can be part of a string.
            if is_text or _is_json(value):
                self._take(place + len(end))
                return json.dumps(value, ensure_ascii=False) if is_text else value
            begin = place + 1

    def _up_to(self, pattern: re.Pattern[str]) -> Generator[None, None, str]:
        while (found := pattern.search(self._pending)) is None:
            yield
        if found.start() == 0:
            raise Unexpected
        return self._take(found.start())

    def _breaks(self) -> Generator[None]:
        while True:
            self._take(len(self._pending) - len(self._pending.lstrip("\n")))
            if self._pending:
                return
            yield

    @cached_property
    def _behind_function(self) -> re.Pattern[str]:
        layout = self._layout
        behind = [layout.middle or layout.before_name]
        if not layout.middle:
            behind += ["\n", layout.closing or self._context.format.end]
        return re.compile("|".join(map(re.escape, behind)))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
