"""How a model marks its thoughts. The pairs are those that mlx-lm knows."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThinkingMarkers:
    start: str
    end: str
    written_end: str | None = None
    """What to write for a model whose thoughts are to end; None: the end marker."""

    @property
    def opens_once(self) -> str | None:
        """The start marker where it looks like what prose writes of thoughts; None: it is only
        written to think."""
        return None if "|" in self.start else self.start

    def opened_by(self, prompt: str) -> bool:
        """True when a template has begun the thoughts already."""
        return prompt.rstrip().endswith(self.start)


_SINGLE_TOKENS = (
    ThinkingMarkers("<think>", "</think>"),
    ThinkingMarkers("<longcat_think>", "</longcat_think>"),
    ThinkingMarkers("<|think:start|>", "<|think:end|>"),
)
XTML_TOKENS = ("<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>")
_SEVERAL_TOKENS = (
    (("<|channel>", "<channel|>"), ThinkingMarkers("<|channel>thought", "<channel|>")),
    (XTML_TOKENS, ThinkingMarkers("<|open|>think<|sep|>", "<|close|>think<|sep|>")),
)


def thinking_markers(vocabulary: Container[str], template: str) -> ThinkingMarkers | None:
    """None for a model that does not think. A template that writes both markers counts as
    well as a vocabulary that has them."""
    for markers in _SINGLE_TOKENS:
        if markers.start in vocabulary and markers.end in vocabulary:
            return markers
    for tokens, markers in _SEVERAL_TOKENS:
        if all(token in vocabulary for token in tokens):
            return markers
    for markers in _SINGLE_TOKENS:
        if markers.start in template and markers.end in template:
            return markers
    return None
