"""How a model writes tool calls."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .notation import Notation

ParseCalls = Callable[[str, Sequence[dict[str, Any]]], Any]
"""From the text between the markers and the tools, in OpenAI's shape, to one call or a list:
`{"name": ..., "arguments": ...}`, perhaps with an `id`. Raises whatever it likes."""


PLACEHOLDERS = {"{index}": "[0-9]{1,6}", "{id}": "[A-Za-z0-9]{9}"}
"""What stands in a layout for something that a model may choose."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """`{index}` in `middle` stands for a number, `{id}` for the call's id."""

    opening: str
    middle: str
    closing: str

    @property
    def before_arguments(self) -> re.Pattern[str]:
        """The middle of a call, with its id as the group where it has one; a model may number
        its calls as it likes."""
        pattern = re.escape(self.middle)
        for name, expression in PLACEHOLDERS.items():
            group = f"({expression})" if name == "{id}" else expression
            pattern = pattern.replace(re.escape(name), group)
        return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class JsonLayout(_Numbered):
    """The text around names and arguments, where the arguments are a JSON object.

    Between the markers: head, then calls with `joint` between them, then tail.
    A call: opening, name, middle, arguments, closing.
    """

    head: str = ""
    tail: str = ""
    joint: str | None = None
    """None: further calls come between markers of their own."""

    @property
    def is_numbered(self) -> bool:
        return "{index}" in self.middle


@dataclass(frozen=True, slots=True)
class FreeLayout:
    """The text around names, where only the model's parser knows what arguments look like."""

    opening: str
    middle: str
    closing: str
    inside: str = ""
    """What the arguments are made of beside free text, one after the other."""


@dataclass(frozen=True, slots=True)
class TaggedLayout(_Numbered):
    """The text around names and arguments, where every argument has tags of its own.

    Between the markers: calls. A call: opening, name, middle, its arguments,
    closing; an argument: `before_name`, its name, `behind_name`, its value,
    `behind_value`. Line breaks are free to be there or not between those
    pieces, except around a value. `{type}` in `behind_name` stands for `string`
    or, before JSON, one of JSON's other types.
    """

    before_name: str
    behind_name: str
    behind_value: str
    several: bool = False
    """True: further calls come between the same markers."""
    shield: tuple[str, str] | None = None
    """What a value may stand in that looks like a tag; bare ones have no blanks around them."""
    inline: bool = False
    """True: no call is on lines of its own."""
    whole: tuple[str, str] | None = None
    """What all arguments may stand in as one JSON object, instead of their own tags."""

    @property
    def is_typed(self) -> bool:
        return "{type}" in self.behind_name

    @property
    def free(self) -> FreeLayout:
        """For functions whose arguments have no form that can be written so."""
        inside = f"{self.before_name}{self.behind_name}{self.behind_value}"
        if self.inline:
            return FreeLayout(self.opening, self.middle, self.closing, inside)
        opening = f"\n{self.opening}" if self.opening else ""
        closing = f"{self.closing}\n" if self.closing else ""
        return FreeLayout(opening, self.middle, closing, inside)


@dataclass(frozen=True, slots=True)
class WrittenLayout:
    """The text around names and arguments, where arguments come in a notation of their own.

    Between the markers: head, then calls with `joint` between them, then tail.
    A call: opening, name, middle, its arguments as the notation has them, closing.
    """

    opening: str
    middle: str
    closing: str
    notation: Notation
    head: str = ""
    tail: str = ""
    joint: str | None = None
    """None: further calls come between markers of their own."""

    @property
    def free(self) -> FreeLayout:
        """For functions whose arguments cannot be written so."""
        opening, closing = self.head + self.opening, self.closing + self.tail
        return FreeLayout(opening, self.middle, closing, self.notation.delimiter)


Layout = JsonLayout | TaggedLayout | WrittenLayout


@dataclass(frozen=True, slots=True)
class ToolFormat:
    name: str
    start: str
    end: str
    """Empty: a call ends with the answer or with the next call."""
    parse: ParseCalls
    layout: Layout
    id_length: int | None = None
    """Some templates insist on the length of ids."""
    id_pattern: str | None = None
    """Others on what they consist of: `{name}` and `{index}`."""

    @property
    def is_generic(self) -> bool:
        """Ours, for models that were not trained to call tools."""
        return self.name == "generic"

    def call_id(self, name: str, index: int) -> str:
        if self.id_pattern is not None:
            return self.id_pattern.format(name=name, index=index)
        if self.id_length is None:
            return f"call_{secrets.token_hex(12)}"
        return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(self.id_length))


_ALPHANUMERIC = string.ascii_letters + string.digits
