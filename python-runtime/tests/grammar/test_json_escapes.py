"""A character may be written with any of JSON's escapes, and counts as one.

Names and constants take the escapes of all characters but those that nobody escapes.
"""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.grammar import Constraint, GrammarCompiler, Vocabulary
from mlx_runtime.grammar.constraint import bitmask_words
from mlx_runtime.wire import WireGrammarJsonSchema

from .vocabulary import byte_source, piece_text

_SOURCE = byte_source()
_VOCABULARY = Vocabulary.of(_SOURCE)
_COMPILER = GrammarCompiler(_VOCABULARY)
_SHORT = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", '"': '"', "\\": "\\", "/": "/"}

TEXTS = st.text(max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


def constraint_of(schema: Any) -> Constraint:
    return _COMPILER.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))


def takes(schema: Any, text: str) -> bool:
    constraint = constraint_of(schema)
    constraint.advance(*_VOCABULARY.tokens.tokenize_str(text))
    return constraint.may_end


def escaped(character: str) -> list[str]:
    """All the ways to write one character in a JSON string."""
    units = character.encode("utf-16-be")
    codes = [units[place : place + 2].hex() for place in range(0, len(units), 2)]
    ways = [
        "".join(f"\\u{code}" for code in codes),
        "".join(f"\\u{code.upper()}" for code in codes),
    ]
    if character in _SHORT:
        ways.append(f"\\{_SHORT[character]}")
    if character >= " " and character not in '"\\':
        ways.append(character)
    return ways


CHARACTERS = [
    "a",
    "é",
    "ß",
    "中",
    "\u2028",
    "\uffff",
    "\U0001f600",
    "\U0010ffff",
    *_SHORT,
    "\0",
    "\x7f",
]


@pytest.mark.parametrize("character", CHARACTERS)
def test_every_escape_of_a_character_may_be_written(character: str) -> None:
    schemas = [
        {"type": "string"},
        {"type": "string", "minLength": 1, "maxLength": 1},
        {"const": character},
        {"enum": ["other", character]},
        {"type": "string", "pattern": "^[^]$"},
        {"type": "string", "pattern": "^(?!xx)[^x]{1,2}$"},
    ]
    literal = [schemas.pop(2), schemas.pop(2)]
    for way in escaped(character):
        plain = " " <= character <= "~" and character not in '"\\/' and way != character
        named = {"properties": {character: {"type": "null"}}, "additionalProperties": False}
        assert [schema for schema in literal if takes(schema, f'"{way}"') == plain] == [], way
        assert takes(named, f'{{"{way}": null}}') != plain
        assert [schema for schema in schemas if not takes(schema, f'"{way}"')] == [], way
        other = {"properties": {character: {"type": "null"}}, "additionalProperties": {"const": 1}}
        assert not takes(other, f'{{"{way}": 1}}')


@pytest.mark.parametrize(
    "half", ["\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\ud83d\\u0041", "\\x41", "\\u12"]
)
def test_half_a_pair_and_broken_escapes_may_not(half: str) -> None:
    for schema in ({"type": "string"}, {"type": "string", "pattern": "^[^]*$"}):
        assert not takes(schema, f'"{half}"')


@given(VALUES, st.randoms(use_true_random=False))
def test_a_value_is_written_in_every_spelling_and_comes_back(
    value: Any, draw: random.Random
) -> None:
    constraint = constraint_of({"const": value})
    text = piece_text(_SOURCE, write(constraint, draw))

    assert json.loads(text) == value


def write(constraint: Constraint, draw: random.Random) -> list[int]:
    """A whole answer of tokens drawn from those that are allowed."""
    written: list[int] = []
    while not constraint.is_complete:
        words = np.zeros(bitmask_words(_SOURCE.size), dtype=np.uint32)
        constraint.write_mask(words)
        assert constraint.fault is None
        bits = np.unpackbits(words.view(np.uint8), bitorder="little")
        token = draw.choice(np.flatnonzero(bits).tolist())
        if token in _SOURCE.eos_token_ids:
            break
        constraint.advance(token)
        written.append(token)
    return written


def test_what_is_to_be_expected_is_foretold_until_something_else_is_written() -> None:
    schema = {"type": "object", "properties": {"né": {"type": "null"}}, "required": ["né"]}
    constraint = constraint_of({**schema, "additionalProperties": False})
    constraint.advance(*_VOCABULARY.tokens.tokenize_str('{"'))

    expected = list(constraint.forced())
    assert piece_text(_SOURCE, expected) == "né"
    constraint.advance(*expected[:1])
    constraint.rollback(1)
    assert list(constraint.forced()) == expected
    constraint.advance(*_VOCABULARY.tokens.tokenize_str("n\\u"))
    assert constraint.forced() == ()
    constraint.rollback(2)
    assert piece_text(_SOURCE, list(constraint.forced())) == "é"
