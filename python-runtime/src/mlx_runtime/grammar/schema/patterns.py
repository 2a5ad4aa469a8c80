"""What a regular expression consists of."""

from __future__ import annotations

from dataclasses import dataclass

from .code_points import ANY, CodePoints


class Unheld(Exception):
    """A grammar cannot hold it; the message says what."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of a set."""

    set: CodePoints


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or the end of the text."""

    is_start: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Something that follows or precedes, or does not."""

    part: Node
    ahead: bool
    negative: bool


Node = Characters | Sequence | Either | Repeat | Edge | Look

EMPTY = Sequence(())
ANYTHING = Repeat(Characters(ANY), 0, None)


def has_zero_width(node: Node) -> bool:
    match node:
        case Edge() | Look():
            return True
        case Characters():
            return False
        case Repeat(part=part):
            return has_zero_width(part)
        case Sequence(parts=parts) | Either(branches=parts):
            return any(map(has_zero_width, parts))
