"""Splits the text of one answer while it is written.

The parts depend on the text alone and not on how it was cut.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from ..text.stop_sequences import StopSequences
from .parts import Content, Part, Reasoning
from .text_run import TextRun

State = Literal["content", "reasoning", "call", "header"]


class Splitter(ABC):
    """Works off a buffer from marker to marker; what a marker means is for whoever extends it."""

    def __init__(self, state: State, stops: Sequence[str], *, after_marker: bool) -> None:
        """`stops`: texts that end the answer where they are content. `after_marker`: line breaks
        at the beginning are layout."""
        self._stops = stops
        self._buffer = ""
        self.state: State = state
        self._run = self._new_run(after_marker=after_marker)
        self.calls = 0
        """Calls that were begun."""
        self.is_complete = False
        """True when nothing more is wanted: a stop text was found, or the last call is whole."""

    @property
    def stop_sequence(self) -> str | None:
        """The stop text that was found."""
        return self._run.stop_sequence

    def push(self, text: str) -> list[Part]:
        """The parts that became certain."""
        parts: list[Part] = []
        self._buffer += text
        while not self.is_complete and self._advance(parts):
            pass
        return parts

    @abstractmethod
    def flush(self, *, cut: bool) -> list[Part]:
        """What was held back. `cut`: the answer ended because it was too long."""

    @abstractmethod
    def _advance(self, parts: list[Part]) -> bool:
        """Works off the buffer up to the next marker; false when there is none."""

    def _read_text(self, parts: list[Part], text: str) -> None:
        self._say(parts, self._run.push(text))
        self.is_complete = self.stop_sequence is not None

    def _new_run(self, *, after_marker: bool) -> TextRun:
        stops = self._stops if self.state == "content" else ()
        return TextRun(StopSequences(stops), after_marker=after_marker)

    def _say(self, parts: list[Part], text: str) -> None:
        if text:
            parts.append(Reasoning(text) if self.state == "reasoning" else Content(text))
