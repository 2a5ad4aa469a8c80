"""How arguments are written where they are neither JSON nor in tags: Gemma's notations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


class NoForm(Exception):
    """There is no way to write it that is read as the same."""


@dataclass(frozen=True, slots=True)
class Notation:
    """Arguments are a name, `assign` and a value, with commas between them."""

    assign: str
    delimiter: str
    """Before and behind strings, which are written as they are."""
    names: re.Pattern[str]
    """Of functions."""
    keys: re.Pattern[str]
    """Of arguments and members of objects."""
    comma: str = '","'
    """Lark."""
    colon: str = '":"'
    """Lark; between an object's keys and values."""
    words: tuple[tuple[str, ...], ...] = (("true",), ("false",), ("null",))
    """The ways to write each."""

    def is_name(self, name: str) -> bool:
        return self.names.fullmatch(name) is not None

    def is_key(self, key: str) -> bool:
        """Of an argument."""
        return self.keys.fullmatch(key) is not None

    def member_keys(self, key: str) -> Sequence[str]:
        """The ways to write an object's key; raises NoForm."""
        if not self.is_key(key):
            raise NoForm
        return (key,)

    @property
    def any_key(self) -> str:
        """Lark."""
        return f"/{self.keys.pattern}/"

    def ways(self, value: Any) -> Sequence[str]:
        """The ways to write a value that consists of no others; raises NoForm."""
        match value:
            case bool():
                return self.words[0 if value else 1]
            case None:
                return self.words[2]
            case int() | float():
                return (json.dumps(value),)
            case str():
                return tuple(self.strings(value))
            case _:
                raise NoForm

    def strings(self, text: str) -> Iterator[str]:
        """The ways to write a string; raises NoForm."""
        if self.delimiter in text:
            raise NoForm
        yield f"{self.delimiter}{text}{self.delimiter}"

    def quoted(self, _schema: dict[str, Any]) -> str | None:
        """A terminal for strings of a schema together with what they stand between; None: they
        stand between the delimiters as they are."""
        return None
