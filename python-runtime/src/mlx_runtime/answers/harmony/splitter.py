"""Splits answers in harmony: channels become reasoning, calls and text."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..markers import find_marker, held_length
from ..parts import CallDelta, Mismatch, Part
from ..splitter import Splitter, State
from ..tool_calls.call_reader import CallContext
from ..tool_calls.json_scanner import JsonObjectScanner
from .messages import CALL, END, MESSAGE, RETURN, START, header_of, may_be_header

_ENDS = (END, CALL, RETURN, START)
_LONGEST_HEADER = 400
"""The message marker included."""


class HarmonySplitter(Splitter):
    def __init__(
        self,
        calls: CallContext | None,
        *,
        held: bool,
        stops: Sequence[str] = (),
        continued: bool = False,
    ) -> None:
        """`calls`: None where no tool is offered. `held`: a grammar lets only valid calls
        through. `continued`: the answer goes on in a message that the prompt has begun."""
        super().__init__("content" if continued else "header", stops, after_marker=False)
        self._context = calls
        self._held = held
        self._call: _Call | None = None
        self._has_spoken = False

    def flush(self, *, cut: bool) -> list[Part]:
        parts: list[Part] = []
        if self.is_complete:
            return parts
        text, self._buffer = self._buffer, ""
        if self.state == "call":
            self._write_call(parts, text)
            if not cut:
                self._end_call(parts)
        elif self.state != "header":
            self._say(parts, self._run.push(text) + self._run.flush())
        return parts

    def _advance(self, parts: list[Part]) -> bool:
        if self.state == "header":
            return self._read_header(parts)
        if self._call is not None and self._call.is_open:
            return self._read_object(parts, self._call)
        found = find_marker(self._buffer, _ENDS)
        place = len(self._buffer) - held_length(self._buffer, _ENDS) if found is None else found[0]
        text, self._buffer = self._buffer[:place], self._buffer[place:]
        if self.state == "call":
            self._write_call(parts, text)
        else:
            self._read_text(parts, text)
        if found is None or self.is_complete:
            return found is not None
        if found[1] != START:
            self._buffer = self._buffer[len(found[1]) :]
        self._end_message(parts)
        return True

    def _read_header(self, parts: list[Part]) -> bool:
        place = self._buffer.find(MESSAGE, 0, _LONGEST_HEADER)
        too_long = place < 0 and len(self._buffer) >= _LONGEST_HEADER
        if too_long or not may_be_header(self._buffer):
            self._begin(parts, "content", self._buffer.removeprefix(START))
            return bool(self._buffer)
        if place < 0:
            return False
        written, self._buffer = self._buffer[:place], self._buffer[place + len(MESSAGE) :]
        header = header_of(written)
        if header.recipient is not None and self._context is not None:
            self._call = _Call(header.recipient, written + MESSAGE)
            self.state = "call"
            self._write_call(parts, "")
        elif header.channel == "analysis":
            self._begin(parts, "reasoning", self._buffer)
        else:
            self._begin(parts, "content", self._buffer)
        return True

    def _read_object(self, parts: list[Part], call: _Call) -> bool:
        """In JSON a marker can be part of a string."""
        length = call.scanner.push(self._buffer)
        call.is_open = length is None
        text = self._buffer[:length]
        self._buffer = self._buffer[len(text) :]
        self._write_call(parts, text)
        return length is not None

    def _begin(self, parts: list[Part], state: State, text: str) -> None:
        self.state = state
        self._run = self._new_run(after_marker=False)
        if state == "content" and self._has_spoken:
            self._say(parts, "\n\n")
        self._buffer = text

    def _end_message(self, parts: list[Part]) -> None:
        if self.state == "call":
            self._end_call(parts)
            self.is_complete = self.calls > 0
        else:
            self._say(parts, self._run.close())
        self.state = "header"

    def _write_call(self, parts: list[Part], text: str) -> None:
        call, context = self._call, self._context
        if call is None or context is None:
            return
        call.arguments += text
        if not self._held:
            return
        if not call.begun:
            call.begun = True
            self._announce(parts, call.name, context)
        if text:
            parts.append(CallDelta(self.calls - 1, text))

    def _end_call(self, parts: list[Part]) -> None:
        call, self._call = self._call, None
        if call is None or self._context is None or self._held:
            return
        reason = self._fault(call, self._context)
        if reason is not None:
            parts.append(Mismatch(call.header + call.arguments, f"harmony: {reason}"))
            return
        self._announce(parts, call.name, self._context, call)

    def _fault(self, call: _Call, context: CallContext) -> str | None:
        if call.name not in context.names:
            return f"there is no function {call.name!r}"
        try:
            value = json.loads(call.arguments)
        except (ValueError, RecursionError) as error:
            return str(error)
        return None if isinstance(value, dict) else "the arguments are not an object"

    def _announce(
        self, parts: list[Part], name: str, context: CallContext, whole: _Call | None = None
    ) -> None:
        index = context.next_index()
        self.calls += 1
        parts.append(
            CallDelta(
                index,
                "" if whole is None else whole.arguments.strip(),
                id=context.call_id(name, index),
                name=name,
                raw=None if whole is None else whole.header + whole.arguments,
            )
        )

    def _say(self, parts: list[Part], text: str) -> None:
        self._has_spoken = self._has_spoken or (bool(text) and self.state == "content")
        super()._say(parts, text)


class _Call:
    def __init__(self, name: str, header: str) -> None:
        self.name = name
        self.header = header
        self.arguments = ""
        self.begun = False
        self.scanner = JsonObjectScanner()
        self.is_open = True
        """True before the end of the arguments' JSON object."""
