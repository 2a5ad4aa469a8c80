"""Keywords of JSON Schema: each is obeyed, or refused by name.

The cases are of the kind that the public JSON Schema Test Suite has for them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlx_runtime.grammar import GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.wire import WireGrammarJsonSchema

from .vocabulary import byte_source

_VOCABULARY = Vocabulary.of(byte_source())


@pytest.fixture(scope="module")
def compiler() -> GrammarCompiler:
    return GrammarCompiler(_VOCABULARY)


def accepts(compiler: GrammarCompiler, schema: Any, value: Any) -> bool:
    constraint = compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))
    tokens = _VOCABULARY.tokens.tokenize_str(json.dumps(value, ensure_ascii=False))
    constraint.advance(*tokens)
    return constraint.fault is None and constraint.may_end


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


REFUSED: dict[str, Any] = {
    "not": {},
    "if": {},
    "then": {},
    "else": {},
    "contains": {},
    "minContains": 1,
    "maxContains": 1,
    "uniqueItems": True,
    "unevaluatedItems": False,
    "unevaluatedProperties": False,
    "propertyNames": {},
    "dependentRequired": {},
    "dependentSchemas": {},
    "dependencies": {},
    "$dynamicRef": "#a",
    "$recursiveRef": "#",
    "contentSchema": {},
    "x-guidance": {"lenient": True},
    "maxlength": 3,
    "constructor": {},
}


@pytest.mark.parametrize("keyword", REFUSED)
def test_a_keyword_that_would_not_be_obeyed_is_refused_by_name(
    compiler: GrammarCompiler, keyword: str
) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", keyword: REFUSED[keyword]}}}
    with pytest.raises(InvalidGrammar, match=f"'{keyword.replace('$', '[$]')}'"):
        accepts(compiler, schema, {})


def test_what_llguidance_refuses_is_told_without_its_options(compiler: GrammarCompiler) -> None:
    refused = {
        "'oneOf'": {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
        "'pattern': look-around": {"type": "string", "pattern": "(?=a)b"},
        "'[$]ref'.*: there is no schema at /[$]defs/a": {"$ref": "#/$defs/a"},
        "'[$]ref'.*: other documents are not read": {"$ref": "http://example.com/a"},
        "'patternProperties'": {"patternProperties": {"a": {}, "b": {"type": "string"}}},
        "the format 'iri'": {"type": "string", "format": "iri"},
        "'maximum'": {"type": "number", "maximum": 1e19},
    }
    for words, schema in refused.items():
        with pytest.raises(InvalidGrammar, match=words):
            accepts(compiler, schema, {})


def test_notes_are_no_schemas_to_refer_to(compiler: GrammarCompiler) -> None:
    schema = {"examples": [{"type": "string", "maxlength": 3}], "items": {"$ref": "#/examples/0"}}
    with pytest.raises(InvalidGrammar, match="no schema at /examples/0"):
        accepts(compiler, schema, [])


def test_properties_may_be_named_as_keywords_are(compiler: GrammarCompiler) -> None:
    schema = {"type": "object", "properties": {"not": {"const": 1}}, "required": ["not"]}
    assert accepts(compiler, schema, {"not": 1})
