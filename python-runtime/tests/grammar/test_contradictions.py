"""Schemas of which a part can never end: it is refused by name, or not begun."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlx_runtime.grammar import GrammarCompiler, InvalidGrammar

from .held_schemas import accepts, may_follow


def test_a_schema_that_nothing_finite_follows_is_refused(compiler: GrammarCompiler) -> None:
    endless = {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}
    for schema in (endless, False, {"type": "string", "enum": [1]}):
        with pytest.raises(InvalidGrammar, match="Nothing"):
            accepts(compiler, schema, {})


CONTRADICTIONS: list[Any] = [
    {"type": "string", "pattern": "^[a-z]{3}$", "maxLength": 2},
    {"type": "string", "pattern": "^.?$", "minLength": 2},
    {"type": "string", "format": "date", "maxLength": 4},
    {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "^[^a]"}], "minLength": 1},
    {"type": "string", "pattern": "^a$", "not": {"enum": ["a"]}},
    {"type": "string", "pattern": "a{2}", "not": {"pattern": "a"}},
    {"type": "number", "minimum": 1, "maximum": 4, "multipleOf": 5},
    {"type": "number", "minimum": 2, "exclusiveMaximum": 2},
    {
        "type": "integer",
        "minimum": 1,
        "maximum": 11,
        "allOf": [{"multipleOf": 4}, {"multipleOf": 6}],
    },
    {"type": "integer", "minimum": 0, "maximum": 1, "not": {"enum": [0, 1]}},
    {"type": "string", "minLength": 2**53},
    {"type": "object", "propertyNames": {"pattern": "^a{2}", "maxLength": 1}, "minProperties": 1},
    {
        "type": "object",
        "propertyNames": {"pattern": "^b"},
        "patternProperties": {"^a": {}},
        "additionalProperties": False,
        "minProperties": 1,
    },
]


@pytest.mark.parametrize("part", CONTRADICTIONS, ids=lambda part: json.dumps(part)[:60])
def test_a_part_that_contradicts_itself_is_not_begun(compiler: GrammarCompiler, part: Any) -> None:
    needed = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    with pytest.raises(InvalidGrammar, match="Nothing satisfies the schema"):
        accepts(compiler, needed, {})

    assert accepts(compiler, {"anyOf": [part, {"type": "null"}]}, None)
    assert not may_follow(compiler, {"type": "array", "prefixItems": [True, part]}, "[null,")


def test_an_object_may_not_go_on_where_no_name_is_left(compiler: GrammarCompiler) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "null"}},
        "patternProperties": {"^a$": {}},
        "additionalProperties": False,
    }
    assert not may_follow(compiler, schema, '{"a":null,')
    assert may_follow(compiler, {**schema, "patternProperties": {"^a": {}}}, '{"a":null,')


def test_a_refusal_names_the_part_that_contradicts_itself(compiler: GrammarCompiler) -> None:
    schema = {"properties": {"a": CONTRADICTIONS[0]}, "type": "object", "required": ["a"]}
    with pytest.raises(InvalidGrammar, match=r"no string can follow #/properties/a$"):
        accepts(compiler, schema, {})
