"""What an answer consists of, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    text: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A piece of one tool call; the first one has the id and the name."""

    index: int
    arguments: str = ""
    """Goes on where the piece before ended; all together they are JSON."""
    id: str | None = None
    name: str | None = None
    raw: str | None = None
    """What the model wrote, where the arguments were not held to their schema."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Text that began like a tool call and is none; it belongs to the content."""

    text: str
    reason: str


Part = Content | Reasoning | CallDelta | Mismatch
