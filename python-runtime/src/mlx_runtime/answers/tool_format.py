"""How a model writes tool calls."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

ParseCalls = Callable[[str, Sequence[dict[str, Any]]], Any]
"""From the text between the markers and the tools, in OpenAI's shape, to one call or a list:
`{"name": ..., "arguments": ...}`, perhaps with an `id`. Raises whatever it likes."""


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """The text around names and arguments, where the arguments are a JSON object.

    Between the markers: head, then calls with `joint` between them, then tail.
    A call: opening, name, middle, arguments, closing. `{index}` in `middle`
    stands for a number.
    """

    opening: str
    middle: str
    closing: str
    head: str = ""
    tail: str = ""
    joint: str | None = None
    """None: further calls come between markers of their own."""

    @property
    def before_arguments(self) -> re.Pattern[str]:
        """The middle of a call; a model may number its calls as it likes."""
        return re.compile(re.escape(self.middle).replace(re.escape("{index}"), "[0-9]+"))


@dataclass(frozen=True, slots=True)
class FreeLayout:
    """The text around names, where only the model's parser knows what arguments look like."""

    opening: str
    middle: str
    closing: str


@dataclass(frozen=True, slots=True)
class TaggedLayout:
    """The text around names and arguments, where every argument has tags of its own.

    Between the markers: calls. A call: opening, name, middle, its arguments,
    closing; an argument: `before_name`, its name, `behind_name`, its value,
    `behind_value`. Line breaks are free to be there or not between those
    pieces, except around a value.
    """

    opening: str
    middle: str
    closing: str
    before_name: str
    behind_name: str
    behind_value: str
    several: bool = False
    """True: further calls come between the same markers."""

    @property
    def free(self) -> FreeLayout:
        """For functions whose arguments have no form that can be written so."""
        opening = f"\n{self.opening}" if self.opening else ""
        return FreeLayout(opening, self.middle, f"{self.closing}\n" if self.closing else "")


@dataclass(frozen=True, slots=True)
class ToolFormat:
    name: str
    start: str
    end: str
    """Empty: a call ends with the answer or with the next call."""
    parse: ParseCalls
    layout: JsonLayout | TaggedLayout | FreeLayout
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
