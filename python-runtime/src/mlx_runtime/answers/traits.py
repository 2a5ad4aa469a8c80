"""What is known of a model's way to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .marker_splitter import Transitions
from .reasoning.markers import ThinkingMarkers
from .splitter import State
from .tool_formats.tool_format import ToolFormat

_MARKER = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class AnswerTraits:
    tools: ToolFormat | None = None
    """None for a model without a chat template."""
    thinking: ThinkingMarkers | None = None
    template_variables: frozenset[str] = frozenset()
    """Names that the chat template reads."""
    dropped: Sequence[str] = ()
    """Markers around the content that mean nothing else."""
    harmony: bool = False
    """True for a model whose messages have headers; it has neither markers nor channels then."""
    channels: Mapping[State, Sequence[tuple[str, State]]] | None = None
    """For a model whose every turn begins with a word about who it is for."""

    def first_state(self, *, thinking_opened: bool) -> State:
        if thinking_opened:
            return "reasoning"
        return "content" if self.channels is None else "header"

    def transitions(self, *, calls: bool) -> Transitions:
        """Markers by state; those of calls only where the answer may call tools."""
        edges: dict[State, list[tuple[str, State]]] = {"content": [], "reasoning": []}
        if self.thinking is not None:
            edges["content"].append((self.thinking.start, "reasoning"))
            edges["reasoning"].append((self.thinking.end, "content"))
        if calls and self.tools is not None:
            edges["content"].append((self.tools.start, "call"))
            edges["reasoning"].append((self.tools.start, "call"))
        edges["content"].extend((marker, "content") for marker in self.dropped)
        for state, more in (self.channels or {}).items():
            known = edges.setdefault(state, [])
            known.extend(edge for edge in more if calls or edge[1] != "call")
        return edges

    @property
    def spoken_markers(self) -> frozenset[str]:
        """What the model itself writes around thoughts and calls."""
        if self.harmony:
            return frozenset()
        texts = [] if self.tools is None else [self.tools.start, self.tools.end]
        if self.thinking is not None:
            texts += [self.thinking.start, self.thinking.end]
        pieces = [piece for text in texts for piece in _MARKER.findall(text)]
        return frozenset(filter(None, [*texts, *pieces]))

    @property
    def splits(self) -> bool:
        """True when even an answer without tools has parts."""
        return self.thinking is not None or bool(self.dropped) or self.channels is not None
