"""Texts that are written as they are, as regular expressions of Rust's in Lark."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .code_points import CodePoints, without
from .formats import format_texts
from .json_text import characters_of, times
from .languages import Language, texts_with
from .patterns import Characters, Edge, Either, Look, Node, Repeat, Unheld
from .patterns import Sequence as Parts

_SURROGATES: CodePoints = ((0xD800, 0xDFFF),)


def conditions_of(schema: dict[str, Any]) -> Sequence[str]:
    """What a schema says of a text's characters, in Lark; what no grammar holds is left out."""
    told: Language | None = None
    if isinstance(pattern := schema.get("pattern"), str):
        with suppress(Unheld):
            told = texts_with(pattern)
    name = schema.get("format")
    found = [format_texts(name, told) if isinstance(name, str) else None, told]
    return [_condition(language) for language in found if language is not None]


def _condition(language: Language) -> str:
    forms = [
        " & ".join(f"{'~' if term.negative else ''}/{_written(term.node)}/" for term in terms)
        for terms in language
    ]
    return f"({' | '.join(f'({form})' for form in forms)})"


def _written(node: Node) -> str:
    match node:
        case Characters(set=ranges):
            return characters_of(without(ranges, _SURROGATES))
        case Parts(parts=parts):
            return "".join(map(_written, parts))
        case Either(branches=branches):
            return f"(?:{'|'.join(map(_written, branches))})"
        case Repeat(part=part, least=least, most=most):
            return f"(?:{_written(part)}){times(least, most)}"
        case Edge() | Look():
            raise Unheld("an anchor inside of an expression")
