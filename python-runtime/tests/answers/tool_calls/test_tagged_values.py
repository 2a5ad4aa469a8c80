"""Values in tags that no grammar held are read by their schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlx_runtime.answers.tool_calls.tagged_values import read_tagged_calls, typed_value
from mlx_runtime.answers.tool_formats.native import native_tool_format
from mlx_runtime.answers.tool_formats.tool_format import TaggedLayout

from ..support import tool

STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def arguments_of(marks: str, text: str, **properties: Any) -> Any:
    form = native_tool_format(marks, set(), None)
    assert form is not None
    assert isinstance(form.layout, TaggedLayout)
    (call,) = read_tagged_calls(form.layout, text, [tool("f", **properties)])
    assert call.name == "f"
    return json.loads(call.arguments)


def qwen(text: str, **properties: Any) -> Any:
    return arguments_of("<tool_call>\n<function=", text, **properties)


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("null", STRING, "null"),
        ("null", {"type": ["string", "null"]}, None),
        ("123", {"type": ["string", "null"]}, "123"),
        ("(1, 2)", {"type": ["string", "null"]}, "(1, 2)"),
        (" a\n", STRING, " a\n"),
        ("yes", {"type": "boolean"}, True),
        ("1", {"type": "boolean"}, True),
        ("False", {"type": "boolean"}, False),
        ("9007199254740993", INTEGER, 9007199254740993),
        ("3.0", INTEGER, 3),
        ("2026-01-15", INTEGER, "2026-01-15"),
        ("02134", STRING, "02134"),
        ("1e5", {"type": "number"}, 1e5),
        ("7", {"type": "number"}, 7),
        ('{"a": 1}', {"anyOf": [STRING, {"type": "null"}]}, '{"a": 1}'),
        ("5", {"anyOf": [INTEGER, {"type": "null"}]}, 5),
        ("1", {"enum": ["1", "2"]}, "1"),
        ("NaN", {"type": "number"}, "NaN"),
        ("[1]", {}, [1]),
        ("plain", {}, "plain"),
    ],
)
def test_a_text_becomes_what_its_schema_wants(text: str, schema: Any, expected: object) -> None:
    value = typed_value(text, schema)

    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<parameter=a>\nx\n</parameter>\n</function>", {"a": "x"}),
        ("<parameter=a>\nx\n</function>", {"a": "x"}),
        ("<parameter=a>\nx\n<parameter=b>\n1\n</parameter>\n</function>", {"a": "x", "b": 1}),
        ("<parameter=a>\nx </parameter> y\n</parameter>\n</function>", {"a": "x </parameter> y"}),
        ("<parameter=a>\n\n\nx\n\n</parameter>\n</function>", {"a": "\n\nx\n"}),
        ("<parameter=a>x</parameter>", {"a": "x"}),
        ("</function>", {}),
        ("", {}),
    ],
)
def test_tags_may_be_missing_or_part_of_a_text(inside: str, expected: object) -> None:
    assert qwen(f"\n<function=f>\n{inside}\n", a=STRING, b=INTEGER) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<k>a</k>x</v>", {"a": "x"}),
        ("<k>a</k>x", {"a": "x"}),
        ("<k>a</k><v>x", {"a": "x"}),
        ("<k>a</k>\nx\n<k>b</k><v>1</v>", {"a": "x", "b": 1}),
        ("<k>a</k>\n<v>x</v>\n<k>b</k>1</v>", {"a": "x", "b": 1}),
        ("<k>a</k><v><v></v>", {"a": "<arg_value>"}),
    ],
)
def test_a_value_may_lack_the_tags_of_its_own(inside: str, expected: object) -> None:
    inside = inside.replace("k>", "arg_key>").replace("v>", "arg_value>")

    assert arguments_of("<arg_key>", f"f{inside}", a=STRING, b=INTEGER) == expected


def test_prose_is_no_call() -> None:
    with pytest.raises(ValueError, match="no call begins"):
        qwen("I will call f now.")
