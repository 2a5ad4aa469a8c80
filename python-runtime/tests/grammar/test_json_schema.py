"""Keywords of JSON Schema: each is obeyed, or refused by name.

The cases are of the kind that the public JSON Schema Test Suite has for them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlx_runtime.grammar import GrammarCompiler, InvalidGrammar
from mlx_runtime.wire import WireGrammarJsonSchema

from .held_schemas import accepts

OBEYED: list[tuple[Any, list[Any], list[Any]]] = [
    ({"type": "integer"}, [0, -12], [1.5, "1", None]),
    ({"type": ["string", "null"]}, ["a", None], [1, []]),
    ({"enum": [1, "a", None]}, [1, "a", None], [2, "b"]),
    ({"const": {"a": 1}}, [{"a": 1}], [{"a": 2}]),
    ({"type": "integer", "minimum": 3, "exclusiveMaximum": 12}, [3, 11], [2, 12]),
    ({"type": "integer", "multipleOf": 5}, [0, 15], [7]),
    ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "äöü"], ["a", "abcd"]),
    ({"type": "string", "pattern": "^a+$"}, ["aa"], ["ab", ""]),
    ({"type": "string", "pattern": "^.[^\\s]$"}, ["ab"], ["\ra", "a\ufeff"]),
    ({"type": "string", "pattern": "^[[&&b]\\s$"}, ["[ ", "& ", "b\ufeff"], ["a ", "b\x85"]),
    ({"type": "string", "format": "date"}, ["2026-11-24"], ["24.11.2026", "2026-02-29"]),
    (
        {"type": "string", "format": "time", "pattern": "^[0-9:]+$"},
        ["10:30", "23:59:59"],
        ["10:30:00Z", "24:00", "1:2"],
    ),
    (
        {"type": "string", "format": "time", "pattern": "Z$"},
        ["10:30:00Z"],
        ["10:30Z", "10:30:00+01:00"],
    ),
    (
        {"type": "string", "format": "date-time", "pattern": "^[^Z+]*$"},
        ["2026-11-24T10:30"],
        ["2026-11-24", "2026-11-24T10:30:00Z"],
    ),
    (
        {"type": "string", "format": "duration", "pattern": "^P(?!$).*(T(?=[0-9]).*)?$"},
        ["P1D", "PT5S"],
        ["P", "1D"],
    ),
    (
        {"type": "string", "format": "uri"},
        ["https://a.example:80/b?c#d", "http://[::1]/", "urn:isbn:1", "mailto:a@b.c", "file:///a"],
        ["http:", "http://", "https://:80/", "http://1.2.3.999/", "foo://:1", "a b:c"],
    ),
    (
        {"type": "string", "format": "uri"},
        ["file://path/to/root1", "file://host", "file:///C:/a?b", "file:/etc/hosts"],
        ["file://1.2.3.999/", "file://host:80/", "file://a b", "file:etc", "file:"],
    ),
    ({"type": "number", "minimum": 1e20}, [10**20, 3 * 10**25], [10**19, 1.5, -(10**21)]),
    ({"type": "number", "exclusiveMaximum": -1e18}, [-(10**18) - 1], [-(10**18), 0]),
    ({"format": "hostname", "maxLength": 4}, ["a.b", 1], ["a.b.c", "a..b"]),
    ({"type": "array", "minItems": 1, "maxItems": 2}, [[1], [1, "a"]], [[], [1, 2, 3]]),
    ({"type": "array", "items": {"type": "boolean"}}, [[], [True]], [[1]]),
    ({"prefixItems": [{"const": 1}], "items": False, "type": "array"}, [[1]], [[2], [1, 1]]),
    (
        {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]},
        [{"a": 1}, {"a": 1, "b": 2}],
        [{}, {"a": 2}],
    ),
    (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        [{}, {"a": [1]}],
        [{"b": 1}],
    ),
    (
        {"type": "object", "patternProperties": {"^k": {"type": "integer"}}},
        [{"k1": 1}],
        [{"k1": "a"}],
    ),
    ({"anyOf": [{"const": 1}, {"type": "string"}]}, [1, "x"], [2]),
    ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, [1, "x"], [None]),
    ({"allOf": [{"type": "integer"}, {"minimum": 5}]}, [5], [4]),
    (
        {"$defs": {"n": {"type": "integer"}}, "type": "array", "items": {"$ref": "#/$defs/n"}},
        [[1, 2]],
        [["a"]],
    ),
    (
        {"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": False},
        [{"next": {"next": {}}}],
        [{"next": {"other": {}}}],
    ),
    (True, [1, {"a": []}], []),
    ({"title": "t", "description": "d", "examples": [1], "deprecated": True}, [1, "a"], []),
]


@pytest.mark.parametrize(("schema", "good", "bad"), OBEYED, ids=lambda part: json.dumps(part)[:60])
def test_a_keyword_is_obeyed(
    compiler: GrammarCompiler, schema: Any, good: list[Any], bad: list[Any]
) -> None:
    assert [value for value in good if not accepts(compiler, schema, value)] == []
    assert [value for value in bad if accepts(compiler, schema, value)] == []


HELD: list[tuple[Any, list[Any], list[Any]]] = [
    ({"not": {"enum": ["a", 1, None]}}, ["b", 2, True], ["a", 1, None]),
    ({"type": "string", "not": {"pattern": "^a"}}, ["ba", ""], ["ab"]),
    ({"type": "object", "properties": {"a": True, "b": {"not": {}}}}, [{"a": 1}], [{"b": 1}]),
    ({"propertyNames": {"pattern": "^[a-c]+$"}}, [{"ab": 1}, 1], [{"d": 1}]),
    (
        {"propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}},
        [{"a": 1, "b": 2}],
        [{"c": 1}, {"a": "x"}],
    ),
    (
        {"patternProperties": {"a": {"minimum": 2}, "b": {"type": "number"}}},
        [{"ab": 3}],
        [{"ab": 1}],
    ),
    (
        {"type": "object", "oneOf": [{"required": ["a"]}, {"properties": {"a": False}}]},
        [{"a": 1}],
        [1],
    ),
    (
        {"if": {"properties": {"k": {"const": "x"}}}, "then": {"required": ["v"]}},
        [{"k": "x", "v": 1}, {"k": "y"}, 3],
        [{"k": "x"}],
    ),
    ({"dependentRequired": {"a": ["b"]}}, [{"b": 1}, {"a": 1, "b": 1}], [{"a": 1}]),
    ({"type": "integer", "maximum": 2**63 - 1}, [2**63 - 1, -(2**70)], [2**63]),
    ({"type": "integer", "minimum": -(2**63), "maximum": -7}, [-(2**63), -7], [-(2**63) - 1, -6]),
    ({"type": "number", "minimum": -3.4e38, "maximum": 3.4e38}, [0.5, -12.25, 1e14], []),
    ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, [0.5, 1], [0, 1.5]),
    (
        {"type": "string", "pattern": "^(?=.*[0-9])(?!.*\\.\\.)[a-z0-9.]+$"},
        ["a.1"],
        ["a.b", "a..1"],
    ),
    ({"type": "string", "pattern": "^[^]{2}\\cJ\\0{a}$"}, ["\u0001\u0002\n\0{a}"], ["\n\0{a}"]),
    ({"type": "string", "format": "uri"}, ["https://a.b/c?d#e"], ["a b", "//a"]),
    ({"type": "string", "format": "ipv6"}, ["::1", "1::2:3"], ["1:::2", "g::"]),
    ({"type": "string", "format": "json-pointer"}, ["/a~1b", ""], ["a", "/~2"]),
    (
        {"minProperties": 2, "properties": {"a": {}, "b": {}, "c": {}}},
        [{"a": 1, "c": 1}],
        [{"b": 1}],
    ),
    (
        {"$ref": "#/$defs/My Type<a|b>[]", "$defs": {"My Type<a|b>[]": {"type": "null"}}},
        [None],
        [1],
    ),
    ({"$ref": "#/$defs/a%20b", "$defs": {"a b": {"const": 1}}, "minimum": 0}, [1], [2]),
    ({"$schema": "https://json-schema.org/draft-07/schema#", "type": "null"}, [None], [1]),
    ({"exclusiveMaximum": True, "maximum": 3, "type": "integer"}, [2], [3]),
]


@pytest.mark.parametrize(("schema", "good", "bad"), HELD, ids=lambda part: json.dumps(part)[:60])
def test_a_combination_is_held(
    compiler: GrammarCompiler, schema: Any, good: list[Any], bad: list[Any]
) -> None:
    assert [value for value in good if not accepts(compiler, schema, value)] == []
    assert [value for value in bad if accepts(compiler, schema, value)] == []


SAYS_NOTHING: dict[str, Any] = {
    "format": "int32",
    "discriminator": {"propertyName": "a"},
    "x-order": 3,
    "example": 1,
    "markdownDescription": "a",
    "enumNames": ["a"],
    "nullable": True,
    "uniqueItems": False,
    "propertyNames": {"type": "string"},
    "contentSchema": {"type": "integer"},
    "$comment": "a",
    "required": None,
    "x-guidance": {"lenient": True},
    "self": "a",
}


@pytest.mark.parametrize("keyword", SAYS_NOTHING)
def test_a_word_that_says_nothing_is_read_over(compiler: GrammarCompiler, keyword: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    schema[keyword] = SAYS_NOTHING[keyword]

    assert accepts(compiler, schema, {"a": 1})
    assert not accepts(compiler, schema, {"a": "1"})


LEFT: dict[str, Any] = {
    "uniqueItems": {"type": "array", "uniqueItems": True},
    "contains": {"type": "array", "contains": {"const": 1}},
    "unevaluatedProperties": {"allOf": [{"unevaluatedProperties": False}, {"minProperties": 1}]},
    "not": {"not": {"uniqueItems": True}},
    "multipleOf": {"type": "integer", "minimum": 10**16, "multipleOf": 10},
    "pattern": {"type": "string", "pattern": r"\bcat\b"},
    "format": {"type": "string", "format": "regex"},
    "oneOf": {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    "$ref": {"$ref": "http://example.com/a"},
    "$ref ": {"$ref": "#/properties/a"},
    "maxlength": {"type": "string", "maxlength": 3},
    "additonalProperties": {"additonalProperties": False},
}


@pytest.mark.parametrize("keyword", LEFT)
def test_a_keyword_that_is_not_held_is_refused_by_name_or_left_to_readers(
    compiler: GrammarCompiler, keyword: str
) -> None:
    grammar = WireGrammarJsonSchema(schema=json.dumps({"properties": {"a": LEFT[keyword]}}))
    with pytest.raises(
        InvalidGrammar, match=f"^#/properties/a.*'{keyword.strip().replace('$', '[$]')}'"
    ):
        compiler.constraint(grammar)

    held = compiler.constraint(grammar, strict=False)
    assert [each.keyword for each in held.unheld] == [keyword.strip()]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "multipleOf": 5, "not": {"const": 10}},
        {"type": "number", "minimum": 0, "maximum": 1, "not": {"enum": [0, 1]}},
    ],
)
def test_numbers_that_a_grammar_cannot_leave_out_are_told_and_do_not_make_the_rest_impossible(
    compiler: GrammarCompiler, schema: Any
) -> None:
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    with pytest.raises(InvalidGrammar, match="'not' is not supported"):
        compiler.constraint(grammar)

    assert [each.keyword for each in compiler.constraint(grammar, strict=False).unheld] == ["not"]


@pytest.mark.parametrize("keyword", ["maxLength", "maxItems", "maxProperties"])
def test_a_greatest_length_beyond_all_answers_is_none(
    compiler: GrammarCompiler, keyword: str
) -> None:
    for value in ("a", [], {}):
        assert accepts(compiler, {keyword: 2**63 - 1}, value)


def test_properties_may_be_named_as_keywords_are(compiler: GrammarCompiler) -> None:
    schema = {"type": "object", "properties": {"not": {"const": 1}}, "required": ["not"]}
    assert accepts(compiler, schema, {"not": 1})
