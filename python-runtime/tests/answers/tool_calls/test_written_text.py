"""Calls in notations of their own that no grammar held: read as what they say."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.answers.traits import AnswerTraits

from ..support import cut, read, tool
from ..tool_formats.test_native_formats import native

SCHEMAS: dict[str, Any] = {
    "city": {"type": "string"},
    "nights": {"type": "integer"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "guest": {"type": "object", "properties": {"zip": {"type": "string"}}},
    "any": {},
}
TOOLS = [tool("book", **SCHEMAS), tool("look-up")]

GEMMA: list[tuple[str, dict[str, Any]]] = [
    ("city:Rome", {"city": "Rome"}),
    ("city:12,nights:12", {"city": "12", "nights": 12}),
    ("city:'Rome',nights:2", {"city": "Rome", "nights": 2}),
    ('city:"it\'s \\"big\\"",nights:2', {"city": 'it\'s "big"', "nights": 2}),
    ("city=Rome, nights=2", {"city": "Rome", "nights": 2}),
    ("city:New York, USA, nights:2", {"city": "New York, USA", "nights": 2}),
    ("city:<q>say <q>x<q> now<q>,nights:2", {"city": "say <q>x<q> now", "nights": 2}),
    ("city:<q>a, b:c }] \\n<q>", {"city": "a, b:c }] \\n"}),
    ("city:<q><q>,tags:[]", {"city": "", "tags": []}),
    ("tags:[a, <q>b,c<q>, 3]", {"tags": ["a", "b,c", "3"]}),
    ("guest:{zip:02134,<q>n n<q>:<q>x<q>}", {"guest": {"zip": "02134", "n n": "x"}}),
    ("any:{a:[1,{b:null}],c:true}", {"any": {"a": [1, {"b": None}], "c": True}}),
    (
        "any:9007199254740993,nights:1e400",
        {"any": 9007199254740993, "nights": "1e400"},
    ),
    ("any:at 10:30,nights:1", {"any": "at 10:30", "nights": 1}),
    (" city : <q>Rome<q> , nights : 2 ", {"city": "Rome", "nights": 2}),
    ("", {}),
]
PYTHON: list[tuple[str, dict[str, Any]]] = [
    ('city="Rome", nights=2', {"city": "Rome", "nights": 2}),
    ("'Rome', 2", {"city": "Rome", "nights": 2}),
    ('"Rome", tags=["a", \'b\']', {"city": "Rome", "tags": ["a", "b"]}),
    ('city="a\\nb\\t\\u00e9\\ud83d\\ude00\\x41"', {"city": "a\nb\té😀A"}),
    ('city="line\nbreak"', {"city": "line\nbreak"}),
    ('city="say "hi" now", nights=2', {"city": 'say "hi" now', "nights": 2}),
    ('city="""a "b" c"""', {"city": 'a "b" c'}),
    ("city='12345', any=('a', 1)", {"city": "12345", "any": ["a", 1]}),
    ("any=None, nights=2", {"any": None, "nights": 2}),
    ("any={'a': True, \"b\": [null]}", {"any": {"a": True, "b": [None]}}),
    ("city=New York, nights=2", {"city": "New York", "nights": 2}),
    ("from_='x', class='y', user-id=\"z\"", {"from_": "x", "class": "y", "user-id": "z"}),
    ('city=")]"', {"city": ")]"}),
]


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize(("inside", "arguments"), GEMMA)
@pytest.mark.parametrize("family", ["gemma4", "function_gemma"])
def test_gemmas_values_are_read_as_what_they_are(
    family: str, inside: str, arguments: dict[str, Any], size: int
) -> None:
    form = native(family)
    delimiter = {"gemma4": '<|"|>', "function_gemma": "<escape>"}[family]
    text = f"{form.start}call:book{{{inside.replace('<q>', delimiter)}}}{form.end}"
    answer = read(AnswerTraits(tools=form), cut(text, [size]), tools=TOOLS)

    said = {
        key: value.replace("<q>", delimiter) if isinstance(value, str) else value
        for key, value in arguments.items()
    }
    assert answer.called == [("book", said)]
    assert answer.content == ""


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize(("inside", "arguments"), PYTHON)
def test_pythons_values_are_read_as_what_they_are(
    inside: str, arguments: dict[str, Any], size: int
) -> None:
    form = native("pythonic")
    text = f"{form.start}[book({inside}), look-up()]{form.end}"
    answer = read(AnswerTraits(tools=form), cut(text, [size]), tools=TOOLS)

    assert answer.called == [("book", arguments), ("look-up", {})]
    assert answer.content == ""


@pytest.mark.parametrize(
    "family", ["gemma4", "function_gemma", "pythonic", "json_tools", "kimi_k2"]
)
def test_a_text_may_hold_the_end_marker_of_its_call(family: str) -> None:
    form = native(family)
    said = f"a {form.end} b"
    inside = {
        "gemma4": f'call:book{{city:<|"|>{said}<|"|>}}',
        "function_gemma": f"call:book{{city:<escape>{said}<escape>}}",
        "pythonic": f'[book(city="{said}")]',
        "json_tools": f'{{"name": "book", "arguments": {{"city": "{said}"}}}}',
        "kimi_k2": "<|tool_call_begin|>functions.book:0<|tool_call_argument_begin|>"
        f'{{"city": "{said}"}}<|tool_call_end|>',
    }[family]
    text = f"{form.start}{inside}{form.end}Done."

    for size in (1, 1000):
        answer = read(AnswerTraits(tools=form), cut(text, [size]), tools=TOOLS)
        assert answer.called == [("book", {"city": said})]
        assert answer.content == "Done."


@pytest.mark.parametrize(
    "inside",
    ["call:book{city:", "call:nobody{}", "I mean it", 'call:book{city:<|"|>a}', "call:book{1:2:"],
)
def test_what_is_no_call_stays_in_the_content(inside: str) -> None:
    form = native("gemma4")
    text = f"A {form.start}{inside}{form.end} B"

    for size in (1, 1000):
        answer = read(AnswerTraits(tools=form), cut(text, [size]), tools=TOOLS)
        assert answer.called == []
        assert answer.content == text
