"""Calls whose arguments come in tags, handed on one argument after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Mapping
from functools import cached_property

from ..tool_formats.tool_format import TaggedLayout
from .call_reader import CallContext
from .constrained_calls import HeldCalls, Unexpected
from .tagged_values import properties_of, typed_value

TextParameters = Mapping[str, frozenset[str] | None]
"""By function: the parameters whose values are strings without quotes; None: what a value is
shows in the function's schema."""
ReadValue = Callable[[str], Generator[None, None, str]]


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
        yield from self._pattern(layout.before_arguments)
        index = self._begin(name)
        read = self._reader_of(name)
        before = "{"
        yield from self._breaks()
        if layout.whole is not None and (yield from self._follows(layout.whole[0])):
            yield from self._whole(index, layout.whole)
            return
        while (yield from self._follows(layout.before_name)):
            self._take(len(layout.before_name))
            argument = yield from self._argument(read)
            self._write(index, before + argument)
            before = ", "
            yield from self._breaks()
        yield from self._literal(layout.closing)
        self._write(index, "{}" if before == "{" else "}")
        self._untold = ""

    def _whole(self, index: int, around: tuple[str, str]) -> Generator[None]:
        """All arguments, written as one JSON object."""
        before, behind = around
        self._take(len(before))
        arguments = yield from self._value(behind, is_text=False)
        yield from self._breaks()
        yield from self._literal(self._layout.closing)
        self._write(index, arguments)
        self._untold = ""

    def _reader_of(self, function: str) -> ReadValue:
        """What reads the value of an argument of that name."""
        texts = self._texts.get(function, frozenset())
        if texts is not None:
            end = self._layout.behind_value
            return lambda name: self._value(end, is_text=name in texts)
        schemas = properties_of(function, self._context.tools)
        return lambda name: self._by_schema(schemas.get(name))

    def _by_schema(self, schema: object) -> Generator[None, None, str]:
        text = json.loads((yield from self._value(self._layout.behind_value, is_text=True)))
        return json.dumps(typed_value(text, schema), ensure_ascii=False)

    def _argument(self, read: ReadValue) -> Generator[None, None, str]:
        """A member of the arguments' JSON object."""
        layout = self._layout
        before, typed, behind = layout.behind_name.partition("{type}")
        name = yield from self._up_to(re.compile(re.escape(before)))
        yield from self._literal(before)
        if typed:
            kind = yield from self._up_to(re.compile(re.escape(behind)))
            yield from self._literal(behind)
            value = yield from self._value(layout.behind_value, is_text=kind == "string")
        else:
            value = yield from read(name)
        return f"{json.dumps(name, ensure_ascii=False)}: {value}"

    def _value(self, end: str, *, is_text: bool) -> Generator[None, None, str]:
        begin = 0
        while True:
            while (place := self._pending.find(end, begin)) < 0:
                yield
            value = self._bare(self._pending[:place])
            # In JSON the tag can be part of a string.
            if is_text or _is_json(value):
                self._take(place + len(end))
                return json.dumps(value, ensure_ascii=False) if is_text else value
            begin = place + 1

    def _bare(self, value: str) -> str:
        opening, closing = self._layout.shield or ("", "")
        if not opening or not (value.startswith(opening) and value.endswith(closing)):
            return value
        return value[len(opening) : -len(closing)]

    def _pattern(self, pattern: re.Pattern[str]) -> Generator[None]:
        while (found := pattern.match(self._pending)) is None:
            yield
        self._take(found.end())

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
        if layout.middle:
            return layout.before_arguments
        behind = [layout.before_name, "\n", layout.closing or self._context.format.end]
        return re.compile("|".join(map(re.escape, behind)))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
