"""Strings that are written without quotes, up to a tag, in llguidance's Lark."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ...grammar.schema.raw_text import conditions_of

_ANYTHING = r"(.|\n)*"


def is_text(schema: dict[str, Any]) -> bool:
    """True for a schema of strings alone."""
    choices = choices_of(schema)
    if choices is not None:
        return all(isinstance(choice, str) for choice in choices)
    return schema.get("type") == "string"


def choices_of(schema: dict[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


@dataclass(frozen=True, slots=True)
class Around:
    """What a string stands in, and what it may not be because of that."""

    end: str
    """Text that the string has not in it, and that follows."""
    start: str = ""
    unlike: tuple[str, ...] = ()
    """Expressions of strings that would be read as something else."""

    def allows(self, text: str) -> bool:
        if self.end and self.end in text:
            return False
        return not any(re.fullmatch(expression, text) for expression in self.unlike)


def text_value(schema: dict[str, Any], around: Around) -> str | None:
    """A terminal's expression for a string and what it stands in; None: no string can."""
    start, end = around.start, around.end
    choices = choices_of(schema)
    if choices is not None:
        fit = [json.dumps(f"{start}{choice}{end}") for choice in choices if around.allows(choice)]
        return " | ".join(fit) or None
    least, most = schema.get("minLength", 0), schema.get("maxLength", "")
    conditions = [rf"/(.|\n){{{least},{most}}}/"]
    conditions += conditions_of(schema)
    if end:
        conditions.append(f"~/{having(end)}/")
    conditions += [f"~/{expression}/" for expression in around.unlike]
    pieces = [start and json.dumps(start), f"({' & '.join(conditions)})", end and json.dumps(end)]
    return " ".join(filter(None, pieces))


def having(text: str) -> str:
    """An expression of strings with this text in them."""
    return f"{_ANYTHING}{_escaped(text)}{_ANYTHING}"


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", r"\/").replace("\\\n", r"\n").replace("\0", r"\x00")
