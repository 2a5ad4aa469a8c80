"""Strings that are written without quotes, up to a tag, in llguidance's Lark."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_UNDERSTOOD = frozenset({"type", "enum", "const", "minLength", "maxLength", "pattern"})
_ANYTHING = r"(.|\n)*"
_PIECE = re.compile(r"\\.|.", re.DOTALL)


def is_text(schema: dict[str, Any]) -> bool | None:
    """True for a schema of strings alone; None where it says what cannot be held without quotes."""
    choices = choices_of(schema)
    if choices is not None:
        return all(isinstance(choice, str) for choice in choices)
    if schema.get("type") != "string":
        return False
    if not schema.keys() <= _UNDERSTOOD:
        return None
    return True if whole_pattern(schema.get("pattern", "")) is not None else None


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
    pattern = whole_pattern(schema.get("pattern", ""))
    if pattern != _ANYTHING:
        conditions.append(f"/{pattern}/")
    if end:
        conditions.append(f"~/{having(end)}/")
    conditions += [f"~/{expression}/" for expression in around.unlike]
    pieces = [start and json.dumps(start), f"({' & '.join(conditions)})", end and json.dumps(end)]
    return " ".join(filter(None, pieces))


def having(text: str) -> str:
    """An expression of strings with this text in them."""
    return f"{_ANYTHING}{_escaped(text)}{_ANYTHING}"


def whole_pattern(pattern: str) -> str | None:
    """What a whole string looks like in which the pattern is found; None: cannot be told."""
    if not pattern:
        return _ANYTHING
    pieces = _PIECE.findall(pattern)
    begins, ends = pieces[0] == "^", len(pieces) > 1 and pieces[-1] == "$"
    inner = pieces[begins : len(pieces) - ends]
    if not _is_plain(inner):
        return None
    text = "".join(r"\/" if piece == "/" else piece for piece in inner).replace("\n", r"\n")
    return f"{'' if begins else _ANYTHING}({text}){'' if ends else _ANYTHING}"


def _is_plain(pieces: list[str]) -> bool:
    """True without anchors and without alternatives outside of groups."""
    depth, in_class = 0, False
    for piece in pieces:
        if in_class:
            in_class = piece != "]"
        elif piece == "[":
            in_class = True
        elif piece in "()":
            depth += 1 if piece == "(" else -1
        elif piece in "^$" or (piece == "|" and depth == 0):
            return False
    return True


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", r"\/").replace("\\\n", r"\n").replace("\0", r"\x00")
