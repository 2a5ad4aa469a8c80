"""Calls whose arguments come in tags: what the grammar lets through, and what is read of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer

from mlx_runtime.answers.tool_grammar import tool_grammar
from mlx_runtime.answers.traits import AnswerTraits

from ..support import cut, read
from ..tool_formats.test_native_formats import native
from .tagged import Arguments, lets_through, required, tool

BOOK = tool(
    "city",
    "nights",
    city={"type": "string", "minLength": 2, "maxLength": 8},
    nights={"type": "integer", "minimum": 1, "maximum": 30},
    room={"enum": ["single", "double"]},
    code={"type": "string", "pattern": "^[A-Z]{2}/[0-9]$"},
    guest={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    note={"anyOf": [{"type": "string"}, {"type": "null"}]},
)


def written(**values: str) -> str:
    """As Qwen's coders write it."""
    inside = "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in values.items())
    return f"<tool_call>\n<function=book>\n{inside}</function>\n</tool_call>"


def arguments_of(text: str, tool: dict[str, Any], size: int) -> Arguments:
    traits = AnswerTraits(tools=native("qwen3_coder"))
    answer = read(traits, cut(text, [size]), tools=[tool], held_to_layout=True)
    assert answer.mismatches == []
    ((_, arguments),) = answer.called
    return arguments


GOOD: list[tuple[dict[str, str], Arguments]] = [
    ({"city": "Rome", "nights": "2"}, {"city": "Rome", "nights": 2}),
    (
        {"city": "12", "nights": "2", "room": "double", "code": "AB/1", "note": "null"},
        {"city": "12", "nights": 2, "room": "double", "code": "AB/1", "note": None},
    ),
    (
        {"city": 'a "\n<b>', "nights": "30", "guest": '{"name": "\\n</parameter>"}', "note": '"x"'},
        {"city": 'a "\n<b>', "nights": 30, "guest": {"name": "\n</parameter>"}, "note": "x"},
    ),
]


@pytest.mark.parametrize(("values", "arguments"), GOOD)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_valid_arguments_are_let_through_and_read_as_what_they_are(
    tokenizer: Tokenizer, values: dict[str, str], arguments: Arguments, size: int
) -> None:
    text = written(**values)

    assert lets_through(tokenizer, required(BOOK), text)
    assert arguments_of(text, BOOK, size) == arguments


@pytest.mark.parametrize(
    "values",
    [
        {"nights": "2"},
        {"city": "Rome"},
        {"nights": "2", "city": "Rome"},
        {"city": "R", "nights": "2"},
        {"city": "Rome is far", "nights": "2"},
        {"city": "Rome", "nights": "31"},
        {"city": "Rome", "nights": "two"},
        {"city": "Rome", "nights": "2", "room": "triple"},
        {"city": "Rome", "nights": "2", "code": "AB1"},
        {"city": "Rome", "nights": "2", "guest": "{}"},
        {"city": "Rome", "nights": "2", "note": "plain"},
        {"city": "Rome", "nights": "2", "view": "sea"},
        {"city": "Rome", "nights": "2", "code": "AB/1\n</parameter>\n<parameter=room>\nany"},
    ],
)
def test_invalid_arguments_are_not_let_through(
    tokenizer: Tokenizer, values: dict[str, str]
) -> None:
    assert not lets_through(tokenizer, required(BOOK), written(**values))


def test_a_reference_is_written_as_what_it_refers_to(tokenizer: Tokenizer) -> None:
    definitions = {"mood": {"enum": ["glad", "sad"]}, "more": {"type": "array", "items": {}}}
    moody = tool(
        "mood",
        "list",
        definitions=definitions,
        mood={"$ref": "#/$defs/mood"},
        list={"type": "array", "items": {"$ref": "#/$defs/mood"}},
    )
    text = written(mood="glad", list='["sad"]')

    assert lets_through(tokenizer, required(moody), text)
    assert not lets_through(tokenizer, required(moody), written(mood="glad", list='["mad"]'))
    assert arguments_of(text, moody, 3) == {"mood": "glad", "list": ["sad"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a>b": {"type": "string"}}, "required": ["a>b"]},
        {"type": "object", "properties": {"a": {"items": {"$ref": "#"}}}},
        {"type": "object", "patternProperties": {"^a": {"type": "string"}}},
    ],
    ids=json.dumps,
)
def test_what_has_no_form_in_tags_is_held_to_the_layout_and_the_rest_to_its_schema(
    tokenizer: Tokenizer, schema: Any
) -> None:
    odd = {"type": "function", "function": {"name": "look", "parameters": schema}}
    grammar = tool_grammar(
        native("qwen3_coder"), [odd, BOOK], choice="required", parallel=False, special_tokens={}
    )

    text = written(a="anything").replace("book", "look")
    assert lets_through(tokenizer, grammar, text)
    assert not lets_through(tokenizer, grammar, text.replace("look", "cook"))
    assert not lets_through(tokenizer, grammar, text.replace("</function>", ""))
    assert not lets_through(tokenizer, grammar, written(city="Rome", nights="99"))
    assert lets_through(tokenizer, grammar, written(city="Rome", nights="9"))


def test_values_that_no_grammar_held_are_read_by_their_schema() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"$ref": "#"}}
    odd = tool(**properties)
    text = written(a="12", b="12", c="[1]")

    assert arguments_of(text, odd, 7) == {"a": "12", "b": 12, "c": [1]}


def test_tags_may_be_tokens_that_no_text_has(tokenizer: Tokenizer) -> None:
    names = ["<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>"]
    names.append("</arg_value>")
    own = Tokenizer.from_str(tokenizer.to_str())
    own.add_special_tokens([AddedToken(name, special=True) for name in names])
    special = {name: own.token_to_id(name) or 0 for name in names}
    nights = tool("nights", nights={"type": "integer"}, city={"type": "string", "maxLength": 5})
    grammar = required(nights, native("glm47"), **special)

    def call(nights: str, city: str) -> str:
        pairs = {"nights": nights, "city": city}.items()
        inside = "".join(
            f"<arg_key>{key}</arg_key><arg_value>{value}</arg_value>" for key, value in pairs
        )
        return f"<tool_call>book{inside}</tool_call>"

    assert lets_through(own, grammar, call("2", "Rome"))
    assert not lets_through(own, grammar, call("2", "Florence"))
    assert not lets_through(own, grammar, call("x", "Rome"))


def test_a_family_s_line_breaks_between_name_and_value_are_those_of_its_template() -> None:
    from mlx_runtime.answers.tool_formats.native import native_tool_format

    broken = native_tool_format("<arg_key>{{ k }}</arg_key>\n<arg_value>", set(), None)
    assert broken is not None
    text = "<tool_call>book\n<arg_key>city</arg_key>\n<arg_value>Rome</arg_value>\n</tool_call>"
    one = tool(city={"type": "string"})

    answer = read(AnswerTraits(tools=broken), cut(text, [2]), tools=[one], held_to_layout=True)

    assert answer.called == [("book", {"city": "Rome"})]


def test_a_function_without_parameters_is_called_with_an_empty_object(
    tokenizer: Tokenizer,
) -> None:
    bare = {"type": "function", "function": {"name": "book"}}

    assert lets_through(tokenizer, required(bare), written())
    assert arguments_of(written(), bare, 4) == {}
