"""Reads the text between the markers of tool calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..parts import Part
from ..tool_formats.tool_format import ToolFormat


class CallReader(Protocol):
    """Reads from behind a start marker to the end marker."""

    def push(self, text: str) -> tuple[list[Part], str | None]:
        """Parts that became certain, and the text behind the end marker once that was found."""
        ...

    def flush(self, *, cut: bool) -> list[Part]:
        """What is left at the end of the answer. `cut`: the model would have gone on."""
        ...


@dataclass(frozen=True, slots=True)
class CallContext:
    format: ToolFormat
    tools: Sequence[dict[str, Any]]
    """In OpenAI's shape."""
    next_index: Callable[[], int]
    """Numbers the calls of one answer."""

    made_before: int = 0
    """Calls in the conversation so far."""

    def call_id(self, name: str, index: int) -> str:
        return self.format.call_id(name, self.made_before + index)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(tool["function"]["name"] for tool in self.tools)
