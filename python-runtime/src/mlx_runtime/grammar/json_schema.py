"""JSON Schema for llguidance: every keyword is obeyed or refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from llguidance import LLMatcher

from .faults import InvalidGrammar
from .keywords import make_obeyed

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

JSON_OPTIONS: JsonCompileOptions = {
    # A space, or a line break with its indentation: what models write, and no
    # room for one that would rather write blanks than an answer.
    "whitespace_pattern": r"( |\n {0,40})",
    "whitespace_flexible": True,
    "coerce_one_of": False,
    "lenient": False,
}


def json_schema_source(text: str) -> str:
    """Raises InvalidGrammar."""
    try:
        schema: Any = msgspec.json.decode(text)
        make_obeyed(schema)
    except msgspec.DecodeError as error:
        raise InvalidGrammar(f"The schema is not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidGrammar("The schema is nested too deeply") from error
    if schema is False:
        raise InvalidGrammar("Nothing satisfies the schema `false`")
    return LLMatcher.grammar_from_json_schema(
        "{}" if schema is True else msgspec.json.encode(schema).decode(), overrides=JSON_OPTIONS
    )
