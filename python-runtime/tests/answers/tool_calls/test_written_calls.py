"""Calls in notations of their own: held to the schema by the grammar, and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import tool_grammar
from mlx_runtime.answers.traits import AnswerTraits

from ..grammars.grammar_walk import Writer
from ..support import cut, read
from ..tool_formats.test_native_formats import native
from .written import WRITERS

FORMATS = ["gemma4", "function_gemma", "pythonic"]

SCALARS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 2, "maxLength": 8},
        "nights": {"type": "integer", "minimum": 1, "maximum": 30},
        "room": {"enum": ["single", 'it\'s "big", \\o/', 3, None]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}/[0-9]$"},
        "price": {"type": "number"},
        "sea": {"type": "boolean"},
        "note": {"anyOf": [{"type": "string", "maxLength": 4}, {"type": "null"}]},
        "floor": {"type": ["integer", "string"], "maxLength": 3},
    },
    "required": ["city", "nights"],
}
NESTED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "guest": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 6},
                "age": {"type": "integer", "minimum": 0},
                "pets": {"$ref": "#/$defs/pets"},
            },
            "required": ["name"],
            "additionalProperties": False,
        },
        "tags": {
            "type": "array",
            "items": {"type": "string", "maxLength": 5},
            "minItems": 1,
            "maxItems": 3,
        },
        "view": {"const": {"to": ["sea", "pool"]}},
        "bare": {"type": "object", "properties": {}, "additionalProperties": False},
    },
    "required": ["tags"],
    "$defs": {"pets": {"type": "array", "items": {"enum": ["cat", "dog"]}, "maxItems": 2}},
}
OPEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "rates": {"type": "object", "additionalProperties": {"type": "number"}},
        "any": {},
        "tree": {"$ref": "#/$defs/tree"},
        "list": {"type": "array"},
    },
    "$defs": {
        "tree": {
            "type": "object",
            "properties": {"left": {"$ref": "#/$defs/tree"}, "leaf": {"type": "integer"}},
        }
    },
}


def tool(parameters: dict[str, Any], name: str = "book") -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


@pytest.fixture(scope="module")
def writer(model_directory: Path) -> Writer:
    return Writer(Tokenizer.from_file(str(model_directory / "tokenizer.json")))


@pytest.fixture(scope="module")
def with_special_tokens(model_directory: Path) -> Writer:
    names = ['<|"|>', "<|tool_call>", "<tool_call|>", "<escape>", "<start_function_call>"]
    names += ["<end_function_call>", "<|tool_call_start|>", "<|tool_call_end|>"]
    return Writer(Tokenizer.from_file(str(model_directory / "tokenizer.json")), *names)


def required(form: ToolFormat, *tools: dict[str, Any], writer: Writer) -> str | None:
    return tool_grammar(
        form, tools, choice="required", parallel=False, special_tokens=writer.special
    )


def arguments_of(text: str, family: str, parameters: dict[str, Any]) -> Any:
    traits = AnswerTraits(tools=native(family))
    answer = read(traits, cut(text, [5]), tools=[tool(parameters)], held_to_layout=True)
    assert answer.mismatches == []
    ((name, arguments),) = answer.called
    assert name == "book"
    return arguments


GOOD_SCALARS: list[dict[str, Any]] = [
    {"city": "Rome", "nights": 2},
    {"city": "12", "nights": 30, "room": "single", "code": "AB/1", "price": -12.5, "sea": True},
    {"city": "a, b:c\n", "nights": 1, "room": None, "note": None, "floor": 3},
    {"city": "it's \"{", "nights": 1, "room": 'it\'s "big", \\o/', "note": "null", "floor": "3"},
    {"city": "ðŸé ½", "nights": 9, "room": 3, "price": 0, "sea": False, "note": "", "floor": "-1"},
]
GOOD_NESTED: list[dict[str, Any]] = [
    {"tags": ["a"]},
    {"guest": {"name": 'a}"', "age": 7, "pets": ["dog"]}, "tags": ["x", "y,", "[z]"]},
    {"guest": {"name": "b", "pets": []}, "tags": ["\n"], "view": {"to": ["sea", "pool"]}},
    {"tags": ["a", ""], "bare": {}},
]
GOOD_OPEN: list[dict[str, Any]] = [
    {},
    {"rates": {}, "any": None, "list": []},
    {"rates": {"eur": 1.5, "usd": 2}, "any": {"a": [1, "b", {"c": False}]}, "list": [1, "two"]},
    {"tree": {"left": {"left": {}, "leaf": 2}, "leaf": 1}},
]


@pytest.mark.parametrize(
    ("family", "parameters", "arguments"),
    [
        *((family, SCALARS, good) for family in FORMATS for good in GOOD_SCALARS),
        *((family, NESTED, good) for family in FORMATS for good in GOOD_NESTED),
        *((family, OPEN, good) for family in FORMATS for good in GOOD_OPEN),
    ],
)
def test_valid_arguments_are_let_through_and_read_as_what_they_are(
    writer: Writer,
    with_special_tokens: Writer,
    family: str,
    parameters: dict[str, Any],
    arguments: dict[str, Any],
) -> None:
    for write in WRITERS[family]:
        text = write(arguments)
        for tokens in (writer, with_special_tokens):
            grammar = required(native(family), tool(parameters), writer=tokens)
            assert tokens.lets_through(grammar, text)
        assert arguments_of(text, family, parameters) == arguments


BAD_SCALARS: list[dict[str, Any]] = [
    {},
    {"nights": 2},
    {"city": "Rome"},
    {"nights": 2, "city": "Rome"},
    {"city": "R", "nights": 2},
    {"city": "Rome is far", "nights": 2},
    {"city": 7, "nights": 2},
    {"city": "Rome", "nights": 31},
    {"city": "Rome", "nights": "2"},
    {"city": "Rome", "nights": 2.5},
    {"city": "Rome", "nights": 2, "room": "triple"},
    {"city": "Rome", "nights": 2, "room": "3"},
    {"city": "Rome", "nights": 2, "code": "AB1"},
    {"city": "Rome", "nights": 2, "price": "1"},
    {"city": "Rome", "nights": 2, "sea": None},
    {"city": "Rome", "nights": 2, "note": "plain"},
    {"city": "Rome", "nights": 2, "floor": 1.5},
    {"city": "Rome", "nights": 2, "view": "sea"},
]
BAD_NESTED: list[dict[str, Any]] = [
    {"tags": []},
    {"tags": "a"},
    {"tags": ["a", 1]},
    {"tags": ["a", "b", "c", "d"]},
    {"guest": {}, "tags": ["a"]},
    {"guest": {"name": "b", "age": -1}, "tags": ["a"]},
    {"guest": {"name": "b", "pets": ["cow"]}, "tags": ["a"]},
    {"guest": {"name": "b", "hat": "red"}, "tags": ["a"]},
    {"tags": ["a"], "view": {"to": ["sea"]}},
    {"tags": ["a"], "bare": {"a": 1}},
]


@pytest.mark.parametrize("family", FORMATS)
@pytest.mark.parametrize("arguments", BAD_SCALARS, ids=json.dumps)
def test_invalid_arguments_are_not_let_through(
    writer: Writer, family: str, arguments: dict[str, Any]
) -> None:
    grammar = required(native(family), tool(SCALARS), writer=writer)

    assert not any(writer.lets_through(grammar, write(arguments)) for write in WRITERS[family])


@pytest.mark.parametrize("family", FORMATS)
@pytest.mark.parametrize("arguments", BAD_NESTED, ids=json.dumps)
def test_invalid_parts_of_arguments_are_not_let_through(
    writer: Writer, family: str, arguments: dict[str, Any]
) -> None:
    grammar = required(native(family), tool(NESTED), writer=writer)

    assert not any(writer.lets_through(grammar, write(arguments)) for write in WRITERS[family])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("family", "parameters"),
    [*((family, SCALARS) for family in FORMATS), *((family, NESTED) for family in FORMATS)],
)
def test_whatever_is_written_under_the_grammar_is_read_and_valid(
    writer: Writer,
    with_special_tokens: Writer,
    family: str,
    parameters: dict[str, Any],
    seed: int,
) -> None:
    tokens = (writer, with_special_tokens)[seed % 2]
    text = tokens.write(required(native(family), tool(parameters), writer=tokens), seed)

    assert tokens.fits(arguments_of(text, family, parameters), parameters)


@pytest.mark.parametrize("family", FORMATS)
@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "anything", None),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, 3, None),
        ({"$ref": "#"}, {"a": [1]}, None),
        ({"type": "array", "prefixItems": [{"type": "integer"}]}, [1, "b"], "text"),
        ({"type": "string", "anyOf": [{"minLength": 9}, {"pattern": "^a"}]}, "b", 7),
    ],
    ids=json.dumps,
)
def test_what_a_notation_cannot_say_leaves_that_argument_free_and_holds_the_others(
    writer: Writer, family: str, schema: dict[str, Any], good: Any, bad: Any
) -> None:
    properties = {"a": schema, "n": {"type": "integer", "maximum": 5}}
    grammar = required(native(family), tool({"properties": properties}), writer=writer)

    for write in WRITERS[family]:
        assert writer.lets_through(grammar, write({"a": good, "n": 5}))
        assert not writer.lets_through(grammar, write({"a": good, "n": 6}))
        assert bad is None or not writer.lets_through(grammar, write({"a": bad, "n": 5}))


@pytest.mark.parametrize("family", FORMATS)
@pytest.mark.parametrize("key", ["from", "user-id", "a.b", "$top", "město"])
@pytest.mark.parametrize("name", ["book-it", "if", "a.b"])
def test_names_that_are_none_of_pythons_are_held_and_read(
    writer: Writer, family: str, key: str, name: str
) -> None:
    parameters = {"type": "object", "properties": {key: {"type": "string", "maxLength": 3}}}
    grammar = required(native(family), tool(parameters, name), writer=writer)

    for write in WRITERS[family]:
        text = write({key: "ab"}).replace("book", name, 1)
        assert writer.lets_through(grammar, text)
        answer = read(AnswerTraits(tools=native(family)), [text], tools=[tool(parameters, name)])
        assert answer.called == [(name, {key: "ab"})]
        assert not writer.lets_through(grammar, text.replace("ab", "abcd"))


@pytest.mark.parametrize("family", FORMATS)
@pytest.mark.parametrize("parameters", [{"required": ["a"]}, {"patternProperties": {"^a": {}}}])
def test_arguments_that_are_not_named_are_held_to_the_notation(
    writer: Writer, family: str, parameters: dict[str, Any]
) -> None:
    grammar = required(native(family), tool({"type": "object", **parameters}), writer=writer)

    for write in WRITERS[family]:
        assert writer.lets_through(grammar, write({"a": "anything"}))
        assert not writer.lets_through(grammar, write({"a": "b"}).replace("book", "look"))
