"""From what the wire carries to llguidance's own notation."""

from __future__ import annotations

import re

import msgspec
from llguidance import LLMatcher

from ..wire import WireGrammar, WireGrammarChoice, WireGrammarJsonSchema, WireGrammarRegex
from .faults import InvalidGrammar
from .json_schema import json_schema_source

_TEMPERATURE = re.compile(r"\[[^\]\n]*\btemperature\s*=")
"""A rule's attribute that llguidance reads and only an engine that asks for it honours."""


def grammar_source(grammar: WireGrammar) -> str:
    """Raises InvalidGrammar for what can be seen without compiling."""
    match grammar:
        case WireGrammarJsonSchema():
            return json_schema_source(grammar.schema)
        case WireGrammarRegex():
            return LLMatcher.grammar_from_regex(grammar.pattern)
        case WireGrammarChoice():
            return LLMatcher.grammar_from_lark(_choice(grammar.choices))
        case _:
            if _TEMPERATURE.search(grammar.grammar):
                raise InvalidGrammar("A rule's temperature cannot be honoured: set the request's")
            return LLMatcher.grammar_from_lark(grammar.grammar)


def _choice(choices: tuple[str, ...]) -> str:
    """Lark's string literals are JSON's."""
    return "start: " + " | ".join(msgspec.json.encode(choice).decode() for choice in choices)
