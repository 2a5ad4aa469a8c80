"""Splits answers by markers: a table says which lead from one state to another.

As in mlx-lm's text state machine. No piece of a marker ever comes out as text,
except where a call turns out to be none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .markers import find_marker, held_length
from .parts import CallDelta, Part
from .splitter import Splitter, State
from .tool_calls.call_reader import CallReader

Transitions = Mapping[State, Sequence[tuple[str, State]]]


class MakeReader(Protocol):
    def __call__(self, *, sure: bool) -> CallReader:
        """`sure`: what follows the marker is a call, and not perhaps a thought about one."""
        ...


@dataclass(frozen=True, slots=True)
class Markers:
    """What the markers of an answer mean."""

    transitions: Transitions
    thoughts_end: str = ""
    """Behind it no call of a model's thoughts goes on."""
    opens_once: str | None = None
    """It means something at the beginning of an answer only, and is quoted later."""


class MarkerSplitter(Splitter):
    def __init__(
        self,
        markers: Markers,
        state: State,
        make_reader: MakeReader | None,
        *,
        parallel_calls: bool = True,
        stops: Sequence[str] = (),
    ) -> None:
        """`make_reader` is called whenever a call's start marker was read; None: no calls.
        `stops`: texts that end the answer where they are content."""
        super().__init__(state, stops, after_marker=state == "reasoning")
        self._markers = markers
        self._make_reader = make_reader
        self._parallel = parallel_calls
        self._reader: CallReader | None = None
        self._thought: str | None = None
        """What was read of a call in thoughts, which may turn out to be none."""
        self._has_begun = state == "reasoning"
        """True once the answer has thought or said something."""

    def flush(self, *, cut: bool) -> list[Part]:
        if self.is_complete:
            return []
        parts: list[Part] = []
        if self._reader is not None and self._thought is not None:
            self._end_thought_call(parts, self._reader.flush(cut=cut))
        elif self._reader is not None:
            self._add(parts, self._reader.flush(cut=cut))
            return parts
        text, self._buffer = self._buffer, ""
        if cut:
            text = text[: len(text) - self._begun_marker(text)]
        self._say(parts, self._run.push(text) + self._run.flush())
        return parts

    def _begun_marker(self, text: str) -> int:
        """Characters at the end of `text` that begin a marker; one alone is as good as none."""
        length = held_length(text, [marker for marker, _ in self._edges])
        return length if length > 1 else 0

    def _advance(self, parts: list[Part]) -> bool:
        if self._reader is not None and self._thought is not None:
            return self._read_thought_call(parts, self._reader, self._thought)
        if self._reader is not None:
            return self._read_call(parts, self._reader)
        edges = self._edges
        markers = [marker for marker, _ in edges]
        found = find_marker(self._buffer, markers)
        if found is None:
            certain = len(self._buffer) - held_length(self._buffer, markers)
            self._read_text(parts, self._buffer[:certain])
            self._buffer = self._buffer[certain:]
            return False
        start, marker = found
        self._read_text(parts, self._buffer[:start])
        if self.is_complete:
            return True
        target = dict(edges)[marker]
        if (marker, target) not in self._edges:
            # What was said before it makes a quotation of it.
            self._buffer = self._buffer[start:]
        elif self.state == "reasoning" and target == "call" and self._make_reader is not None:
            self._buffer = self._buffer[start + len(marker) :]
            self._thought = marker
            self._reader = self._make_reader(sure=False)
        else:
            self._say(parts, self._run.close())
            self._buffer = self._buffer[start + len(marker) :]
            self._enter(target)
        return True

    @property
    def _edges(self) -> Sequence[tuple[str, State]]:
        edges = self._markers.transitions.get(self.state, ())
        if self._markers.opens_once is None or self.state != "content" or not self._has_begun:
            return edges
        return [edge for edge in edges if edge[0] != self._markers.opens_once]

    def _read_thought_call(self, parts: list[Part], reader: CallReader, thought: str) -> bool:
        """A marker in thoughts may be meant or quoted: it is a call when one follows."""
        end = self._markers.thoughts_end
        found = self._buffer.find(end) if end else -1
        certain = found if found >= 0 else len(self._buffer) - held_length(self._buffer, [end])
        text, self._buffer = self._buffer[:certain], self._buffer[certain:]
        self._thought = thought + text
        read, rest = reader.push(text)
        if rest is None and found < 0:
            return False
        if rest is None:
            read = [*read, *reader.flush(cut=False)]
        self._buffer = (rest or "") + self._buffer
        self._end_thought_call(parts, read, rest or "")
        return True

    def _end_thought_call(self, parts: list[Part], read: Sequence[Part], rest: str = "") -> None:
        thought, self._thought, self._reader = self._thought or "", None, None
        if any(isinstance(part, CallDelta) for part in read):
            self._say(parts, self._run.close())
            self._add(parts, read)
            self._enter("reasoning")
            self.is_complete = not self._parallel and self.calls > 0
        else:
            self._read_text(parts, thought.removesuffix(rest))

    def _enter(self, state: State) -> None:
        self.state = state
        self._run = self._new_run(after_marker=True)
        self._has_begun = self._has_begun or state == "reasoning"
        if state == "call" and self._make_reader is not None:
            self._reader = self._make_reader(sure=True)

    def _read_call(self, parts: list[Part], reader: CallReader) -> bool:
        text, self._buffer = self._buffer, ""
        found, rest = reader.push(text)
        self._add(parts, found)
        if rest is None:
            return False
        self._reader = None
        self._buffer = rest
        self._enter("content")
        self.is_complete = not self._parallel and self.calls > 0
        return True

    def _add(self, parts: list[Part], found: Sequence[Part]) -> None:
        for part in found:
            if isinstance(part, CallDelta) and part.name is not None:
                self.calls += 1
                if not self._parallel and self.calls > 1:
                    return
            parts.append(part)

    def _say(self, parts: list[Part], text: str) -> None:
        if self.state == "header":
            return
        self._has_begun = self._has_begun or bool(text.strip())
        super()._say(parts, text)
