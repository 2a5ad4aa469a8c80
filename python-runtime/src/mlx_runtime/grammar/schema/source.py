"""JSON Schemas inside of llguidance's Lark, and alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, cast

from .conjunction import Impossible, TooLarge
from .constraints import ALL_TYPES
from .document import Document, Schema
from .notation import Notation
from .rules import Rules
from .writer import SchemaWriter

_PIECE = re.compile(
    r'"(?:\\.|[^"\\])*"|/(?![/*])(?:\\.|[^/\\\n])+/|//[^\n]*|(?P<json>%json\s*)', re.DOTALL
)
_decoder = json.JSONDecoder()


class NothingFits(Exception):
    """No value follows a schema; the message may say of which part."""


class Unheld(NamedTuple):
    """A keyword that a grammar does not hold."""

    path: str
    keyword: str
    why: str


@dataclass(slots=True)
class Expanded:
    source: str
    unheld: list[Unheld] = field(default_factory=list[Unheld])
    far_lengths: list[int] = field(default_factory=list[int])
    """Limits of strings that need not be counted before one could be as long."""


def schema_source(schema: Schema, notation: Notation, *, strict: bool) -> Expanded:
    """Raises NothingFits, and TooLarge where it is `strict`."""
    source = f"start: %json {json.dumps(schema)}"
    return expanded(source, notation, must_fit=True, strict=strict)


def expanded(source: str, notation: Notation, *, must_fit: bool, strict: bool) -> Expanded:
    """Lark in which schemas are rules.

    Raises NothingFits for one that no value follows if all `must_fit`, and TooLarge for one
    that is too large if it is `strict`; otherwise such a schema is left to readers whole.
    """
    made = Expanded("")
    known: dict[str, str] = {}
    pieces: list[str] = []
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
            try:
                known[text] = _written(schema, rules, notation, made)
            except NothingFits:
                if must_fit:
                    raise
                known[text] = _anything(schema, rules, notation, made, "no value follows")
            except TooLarge:
                if strict:
                    raise
                known[text] = _anything(schema, rules, notation, made, "it is too large")
        pieces.append(known[text])
        at = end
    lines = list(rules.lines)
    made.source = "\n".join(["".join(pieces) + source[at:], *lines])
    return made


_FEW_WAYS = 8
"""To follow the choices of one value together, where all of them are too much work."""


def _written(schema: Any, rules: Rules, notation: Notation, made: Expanded) -> str:
    """The name of a rule; raises NothingFits and TooLarge."""
    if notation.types_only:
        raise TooLarge
    mark = rules.mark
    for most_ways in (None, _FEW_WAYS):
        told: list[tuple[str, str, str]] = []
        writer = SchemaWriter(
            Document(schema),
            rules,
            notation,
            unheld=told,
            most_ways=most_ways,
        )
        try:
            name = writer.root()
        except TooLarge:
            rules.forget(mark)
            continue
        except Impossible as error:
            raise NothingFits(writer.contradiction) from error
        made.unheld += [Unheld(*each) for each in told]
        made.far_lengths += writer.far_lengths
        return name
    raise TooLarge


def _anything(schema: Any, rules: Rules, notation: Notation, made: Expanded, why: str) -> str:
    """A rule for the type of a schema's values, where no more can be held."""
    made.unheld.append(Unheld("#", "", why))
    said: Any = cast("dict[str, Any]", schema).get("type") if isinstance(schema, dict) else None
    known = said if isinstance(said, str) and said in ALL_TYPES else "object"
    return _written({"type": known}, rules, replace(notation, types_only=False), Expanded(""))


def _prefix(source: str) -> str:
    """Of names that the source has not."""
    prefix = "json_"
    while prefix in source.lower():
        prefix += "x_"
    return prefix
