"""JSON Schemas inside of llguidance's Lark, and alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .conjunction import Impossible
from .document import Document, Schema
from .rules import Rules
from .writer import SchemaWriter

_PIECE = re.compile(
    r'"(?:\\.|[^"\\])*"|/(?![/*])(?:\\.|[^/\\\n])+/|//[^\n]*|(?P<json>%json\s*)', re.DOTALL
)
_decoder = json.JSONDecoder()


class NothingFits(Exception):
    """No value follows a schema."""


class Unheld(NamedTuple):
    """A keyword that a grammar does not hold."""

    path: str
    keyword: str
    why: str


@dataclass(slots=True)
class Expanded:
    source: str
    unheld: list[Unheld] = field(default_factory=list[Unheld])


@dataclass(frozen=True, slots=True)
class Notation:
    """How values are written."""

    blank: str
    """A regular expression of what may stand between two pieces."""
    options: dict[str, Any]
    """Of llguidance's own `%json`, for numbers."""
    escapes: bool
    """Characters may be escaped that need not be."""


def schema_source(schema: Schema, notation: Notation) -> Expanded:
    """Raises NothingFits."""
    return expanded(f"start: %json {json.dumps(schema)}", notation, strict=True)


def expanded(source: str, notation: Notation, *, strict: bool) -> Expanded:
    """Lark in which schemas are rules; raises NothingFits where it is `strict`."""
    made = Expanded("")
    known: dict[str, str] = {}
    pieces: list[str] = []
    lines: list[str] = []
    rules = Rules(_prefix(source))
    at = 0
    while found := _PIECE.search(source, at):
        pieces.append(source[at : found.start()])
        at = found.end()
        if found["json"] is None:
            pieces.append(found[0])
            continue
        schema, end = _decoder.raw_decode(source, at)
        text = source[at:end]
        if text not in known:
            known[text] = _written(schema, rules, notation, made.unheld, strict=strict)
        pieces.append(known[text])
        at = end
    lines = list(rules.lines)
    made.source = "\n".join(["".join(pieces) + source[at:], *lines])
    return made


def _written(
    schema: Any, rules: Rules, notation: Notation, unheld: list[Unheld], *, strict: bool
) -> str:
    told: list[tuple[str, str, str]] = []
    writer = SchemaWriter(
        Document(schema),
        rules,
        escapes=notation.escapes,
        options=notation.options,
        blank=notation.blank,
        unheld=told,
    )
    try:
        name = writer.root()
    except Impossible as error:
        if strict:
            raise NothingFits from error
        unheld.append(Unheld("#", "", "no value follows it"))
        return _written({"type": "object"}, rules, notation, [], strict=True)
    unheld += [Unheld(*each) for each in told]
    return name


def _prefix(source: str) -> str:
    """Of names that the source has not."""
    prefix = "json_"
    while prefix in source.lower():
        prefix += "x_"
    return prefix
