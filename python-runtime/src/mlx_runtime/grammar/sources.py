"""From what the wire carries to llguidance's own notation."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
from llguidance import LLMatcher

from ..wire import WireGrammar, WireGrammarChoice, WireGrammarJsonSchema, WireGrammarRegex
from .faults import InvalidGrammar
from .json_schema import json_notation, json_schema_grammar, with_schemas
from .schema.notation import Notation
from .schema.source import Expanded

_TEMPERATURE = re.compile(r"\[[^\]\n]*\btemperature\s*=")
"""A rule's attribute that llguidance reads and only an engine that asks for it honours."""


def grammar_source(grammar: WireGrammar, notation: Notation, *, strict: bool) -> Expanded:
    """Raises InvalidGrammar for what can be seen without compiling. `strict`: keywords of a schema
    that are not held are refused."""
    match grammar:
        case WireGrammarJsonSchema():
            made = json_schema_grammar(grammar.schema, notation, strict=strict)
        case WireGrammarRegex():
            return Expanded(LLMatcher.grammar_from_regex(grammar.pattern))
        case WireGrammarChoice():
            made = Expanded(_choice(grammar.choices))
        case _:
            if _TEMPERATURE.search(grammar.grammar):
                raise InvalidGrammar("A rule's temperature cannot be honoured: set the request's")
            made = with_schemas(grammar.grammar, notation, strict=strict)
    return replace(made, source=LLMatcher.grammar_from_lark(made.source))


def is_strict(grammar: WireGrammar | None) -> bool:
    """True where a schema's keywords are all to be held."""
    return not isinstance(grammar, WireGrammarJsonSchema) or grammar.strict


def as_lark(grammar: WireGrammar) -> str:
    """A grammar as an expression in Lark; raises InvalidGrammar."""
    match grammar:
        case WireGrammarJsonSchema():
            json_schema_grammar(grammar.schema, json_notation(escapes=True), strict=grammar.strict)
            return f"%json {grammar.schema}"
        case WireGrammarRegex():
            pattern = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", grammar.pattern)
            return f"/{pattern}/"
        case WireGrammarChoice():
            return f"({_alternatives(grammar.choices)})"
        case _:
            raise InvalidGrammar("A grammar in Lark cannot be combined with tools")


def _choice(choices: tuple[str, ...]) -> str:
    """Lark's string literals are JSON's."""
    return f"start: {_alternatives(choices)}"


def _alternatives(choices: tuple[str, ...]) -> str:
    return " | ".join(msgspec.json.encode(choice).decode() for choice in choices)
