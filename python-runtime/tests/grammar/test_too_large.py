"""Schemas that take too much work: held in part where the request is not strict."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest

from mlx_runtime.grammar import GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.grammar.schema.code_points import of_category
from mlx_runtime.wire import WireGrammarJsonSchema, WireGrammarLark

from .vocabulary import byte_source
from .written_form import written_forms

_VOCABULARY = Vocabulary.of(byte_source())

CONDITIONS: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "maxLength": 3}},
    "allOf": [{"if": {"required": [f"k{n}"]}, "then": {"required": [f"l{n}"]}} for n in range(40)],
}
ENDLESS_WORK: dict[str, Any] = {"type": "integer", "multipleOf": 999_979}


@pytest.fixture(scope="module")
def compiler() -> Generator[GrammarCompiler]:
    made = GrammarCompiler(_VOCABULARY)
    yield made
    made.close()


def unheld(compiler: GrammarCompiler, schema: dict[str, Any]) -> set[str]:
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    return {each.keyword for each in compiler.constraint(grammar, strict=False).unheld}


def lets_through(compiler: GrammarCompiler, schema: dict[str, Any], text: str) -> bool:
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    constraint = compiler.constraint(grammar, strict=False)
    constraint.advance(*_VOCABULARY.tokens.tokenize_str(text))
    return constraint.may_end


def test_conditions_that_cannot_be_followed_together_are_left_to_readers(
    compiler: GrammarCompiler,
) -> None:
    assert unheld(compiler, CONDITIONS) == {"if"}
    assert lets_through(compiler, CONDITIONS, '{"a": "abc"}')
    assert not lets_through(compiler, CONDITIONS, '{"a": "abcd"}')


def test_of_a_schema_that_takes_too_long_the_type_is_held(compiler: GrammarCompiler) -> None:
    assert unheld(compiler, {"type": "object", "properties": {"a": ENDLESS_WORK}}) == {""}
    assert lets_through(compiler, ENDLESS_WORK | {"type": "object"}, '{"a": 1}')


@pytest.mark.parametrize("schema", [CONDITIONS, ENDLESS_WORK])
def test_a_strict_request_for_it_is_refused(
    compiler: GrammarCompiler, schema: dict[str, Any]
) -> None:
    with pytest.raises(InvalidGrammar, match=r"too many choices|too large or too complex"):
        compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))


def test_one_tool_that_is_too_large_takes_nothing_from_the_others(
    compiler: GrammarCompiler,
) -> None:
    other = json.dumps({"const": {"a": 1}})
    lark = f'start: "x" %json {json.dumps(CONDITIONS)} | "y" %json {other}'
    constraint = compiler.constraint(WireGrammarLark(grammar=lark), strict=False)
    assert {each.keyword for each in constraint.unheld} == {"if"}
    for text, expected in (('y{"a": 1}', True), ('y{"a": 2}', False), ('x{"a": "b"}', True)):
        constraint = compiler.constraint(WireGrammarLark(grammar=lark), strict=False)
        constraint.advance(*_VOCABULARY.tokens.tokenize_str(text))
        assert constraint.may_end == expected, text


def test_a_repetition_that_may_stand_anywhere_costs_no_more_than_its_least(
    compiler: GrammarCompiler,
) -> None:
    schema = {"type": "string", "pattern": "[A-Za-z0-9-_.:]{2,255}"}
    assert lets_through(compiler, schema, '"é a-b é"')
    assert not lets_through(compiler, schema, '"é a é"')


def test_beside_a_reference_of_an_old_dialect_nothing_is_said(compiler: GrammarCompiler) -> None:
    beside = {"$ref": "#/definitions/s", "minLength": 2, "definitions": {"s": {"type": "string"}}}
    old = {"$schema": "http://json-schema.org/draft-07/schema#", **beside}
    assert not lets_through(compiler, beside, '"a"')
    assert lets_through(compiler, old, '"a"')


def test_a_value_is_written_in_the_order_of_its_schema() -> None:
    schema = {
        "properties": {"b": {"properties": {"y": True, "x": True}}, "a": True},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    value = {"z": 1.0, "a": None, "b": {"x": 1, "y": 2}}
    assert next(written_forms(value, schema)) == '{"b": {"y": 2, "x": 1}, "a": null, "z": 1.0}'


def test_categories_are_those_of_unicode() -> None:
    assert of_category("Nd") == of_category("decimal_number")
    capitals, unassigned = of_category("Lu"), of_category("Cn")
    assert capitals is not None
    assert capitals[0] == (0x41, 0x5A)
    assert unassigned is not None
    assert unassigned[-1][1] == 0x10FFFF
    assert of_category("Xx") is None
