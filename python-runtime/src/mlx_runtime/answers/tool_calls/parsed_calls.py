"""Calls that no grammar held, and those in notations that are read as a whole."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

from ..parts import CallDelta, Content, Mismatch, Part
from ..tool_formats.tool_format import JsonLayout, TaggedLayout, WrittenLayout
from .call_reader import CallContext
from .json_text import read_json_calls
from .read_call import ReadCall, Unfinished
from .tagged_values import read_tagged_calls
from .written_text import read_written_calls

_log = logging.getLogger(__name__)


class ParsedCalls:
    """Gathers the text between the markers and reads it when it is complete."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._text = ""
        form = context.format
        # A format without an end marker begins the next call with its start marker.
        self._marker = form.end or form.start
        self._sought = 0
        """Where the search for the next marker begins."""
        self._first: int | None = None
        """Where the first marker begins."""
        self._until = ""
        """What has to come behind `_read_to` before it pays to read the calls again."""
        self._read_to = 0

    def push(self, text: str) -> tuple[list[Part], str | None]:
        self._text += text
        while (place := self._text.find(self._marker, self._sought)) >= 0:
            self._first = place if self._first is None else self._first
            self._sought = place + len(self._marker)
            if self._until not in self._text[self._read_to : place]:
                continue
            try:
                return self._read(place, complete=False), self._behind(place)
            except Unfinished as fault:
                self._until, self._read_to = fault.until, place
                _log.debug("%s: %s", self._context.format.name, fault)
        self._sought = max(self._sought, len(self._text) - len(self._marker) + 1)
        if self._first is not None and self._begins_again(self._first):
            return self._read(self._first, complete=True), self._behind(self._first)
        return [], None

    def flush(self, *, cut: bool) -> list[Part]:
        if cut and self._first is None:
            return []
        if self._first is None:
            return self._read(len(self._text), complete=True)
        rest = self._behind(self._first)
        parts = self._read(self._first, complete=True)
        return [*parts, Content(rest)] if rest else parts

    def _begins_again(self, first: int) -> bool:
        """True when another call begins behind a marker that seemed to be a part of this one."""
        form = self._context.format
        return isinstance(form.layout, TaggedLayout) and form.start in self._text[first:]

    def _behind(self, place: int) -> str:
        form = self._context.format
        return self._text[place + len(form.end) :]

    def _read(self, place: int, *, complete: bool) -> list[Part]:
        """Raises Unfinished, unless `complete`: no more text will come."""
        form = self._context.format
        inside = self._text[:place]
        raw = form.start + self._text[: place + len(form.end)]
        try:
            return [self._delta(call, raw) for call in self._calls(inside, complete=complete)]
        # mlx-lm's parsers are not ours, and all meet whatever a model writes.
        except Exception as error:
            if isinstance(error, Unfinished) and not complete:
                raise
            return [Mismatch(raw, f"{form.name}: {type(error).__name__}: {error}")]

    def _calls(self, inside: str, *, complete: bool) -> list[ReadCall]:
        calls = self._read_by_layout(inside, complete=complete)
        for call in calls:
            if call.name not in self._context.names:
                raise ValueError(f"there is no function {call.name!r}")
        return calls

    def _read_by_layout(self, inside: str, *, complete: bool) -> list[ReadCall]:
        form, tools = self._context.format, self._context.tools
        match form.layout:
            case JsonLayout():
                return read_json_calls(form.layout, inside)
            case WrittenLayout():
                return read_written_calls(form.layout, inside, tools)
            case TaggedLayout() if form.layout.is_typed:
                return self._parsed(inside)
            case TaggedLayout():
                try:
                    return read_tagged_calls(form.layout, inside, tools, complete=complete)
                except Unfinished:
                    raise
                except ValueError as fault:
                    _log.debug("%s: %s; left to mlx-lm's parser", form.name, fault)
                return self._parsed(inside)

    def _parsed(self, inside: str) -> list[ReadCall]:
        """By mlx-lm's parser."""
        form = self._context.format
        parsed = form.parse(inside, self._context.tools)
        calls = cast("list[Any]", parsed) if isinstance(parsed, list) else [parsed]
        return [_read_call(call) for call in calls]

    def _delta(self, call: ReadCall, raw: str) -> CallDelta:
        index = self._context.next_index()
        return CallDelta(
            index=index,
            id=call.id or self._context.call_id(call.name, index),
            name=call.name,
            arguments=call.arguments,
            raw=raw,
        )


def _read_call(call: dict[str, Any]) -> ReadCall:
    arguments, id = call["arguments"], call.get("id")
    if not isinstance(arguments, dict):
        raise TypeError(f"the arguments of {call['name']!r} are not an object")
    text = json.dumps(arguments, ensure_ascii=False)
    return ReadCall(call["name"], text, id if isinstance(id, str) and id else None)
