"""What readers make of the text between the markers of calls."""

from __future__ import annotations

from dataclasses import dataclass


class Unfinished(ValueError):
    """The text ends inside of a value: what was taken for the end marker may be a part of it."""

    def __init__(self, message: str, until: str = "") -> None:
        """`until`: what has to come before the value can end."""
        super().__init__(message)
        self.until = until


@dataclass(frozen=True, slots=True)
class ReadCall:
    name: str
    arguments: str
    """An object's JSON."""
    id: str | None = None
    """As the model wrote it."""
