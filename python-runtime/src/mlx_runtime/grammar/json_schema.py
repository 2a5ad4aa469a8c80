"""JSON Schema as grammars, and how JSON is laid out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import msgspec

from .faults import InvalidGrammar
from .limits import TOO_COSTLY
from .schema.conjunction import TooLarge
from .schema.document import Schema
from .schema.notation import Notation
from .schema.source import Expanded, NothingFits, expanded, schema_source

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

# A space, or a line break with its indentation: what models write, and no
# room for one that would rather write blanks than an answer.
_BLANK = r"( |\n {0,40})"

JSON_OPTIONS: JsonCompileOptions = {
    "whitespace_pattern": _BLANK,
    "whitespace_flexible": True,
    "coerce_one_of": False,
    "lenient": False,
}


def json_schema_grammar(text: str, notation: Notation, *, strict: bool) -> Expanded:
    """A grammar of JSON texts; raises InvalidGrammar. `strict`: what is not held is refused."""
    try:
        schema: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidGrammar(f"The schema is not JSON: {error}") from error
    if not isinstance(schema, dict | bool):
        raise InvalidGrammar("# is not a schema")
    known = cast("Schema", schema)
    return _checked(lambda: schema_source(known, notation, strict=strict), strict=strict)


def with_schemas(lark: str, notation: Notation, *, strict: bool) -> Expanded:
    """Lark whose `%json` is rules; raises InvalidGrammar."""
    if "%json" not in lark:
        return Expanded(lark)
    return _checked(lambda: expanded(lark, notation, must_fit=strict, strict=strict), strict=strict)


def json_notation(*, escapes: bool, types_only: bool = False, counts_far: bool = True) -> Notation:
    """`escapes`: characters may be escaped that need not be. `types_only`: of each schema no more
    is held than the type. `counts_far`: far limits of lengths are counted beside patterns."""
    return Notation(_BLANK, dict(JSON_OPTIONS), escapes, types_only, counts_far)


def _checked(make: Callable[[], Expanded], *, strict: bool) -> Expanded:
    try:
        made = make()
    except NothingFits as error:
        why = f": {error}" if str(error) else ""
        raise InvalidGrammar(f"Nothing satisfies the schema{why}") from error
    except RecursionError as error:
        raise InvalidGrammar("The schema is nested too deeply") from error
    except TooLarge as error:
        raise InvalidGrammar(TOO_COSTLY) from error
    if strict and made.unheld:
        path, keyword, why = made.unheld[0]
        raise InvalidGrammar(f"{path}: '{keyword}' is not supported" + (f": {why}" if why else ""))
    return made
