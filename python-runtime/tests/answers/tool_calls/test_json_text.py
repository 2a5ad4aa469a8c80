"""Calls in JSON that no grammar held."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlx_runtime.answers.tool_calls.json_text import read_json_calls
from mlx_runtime.answers.tool_formats.native import native_tool_format
from mlx_runtime.answers.tool_formats.tool_format import JsonLayout
from mlx_runtime.answers.traits import AnswerTraits

from ..support import TOOLS, cut, read
from ..tool_formats.test_native_formats import native


def layout(family: str) -> JsonLayout:
    form = native(family)
    assert isinstance(form.layout, JsonLayout)
    return form.layout


CALL = '{"name": "f", "arguments": {"a": 1}}'
ONE: list[Any] = [["f", {"a": 1}]]
TWO: list[Any] = [["f", {"a": 1}], ["g", {}]]


@pytest.mark.parametrize(
    ("family", "text", "calls"),
    [
        ("json_tools", f"\n{CALL}\n", ONE),
        ("json_tools", f'{CALL}\n{{"name": "g", "arguments": {{}}}}', TWO),
        ("json_tools", f'[{CALL}, {{"name": "g"}}]', TWO),
        ("json_tools", '{"name": "f", "arguments": "{\\"a\\": 1}"}', ONE),
        ("json_tools", '{"name": "f", "parameters": {"a": 1}}', ONE),
        (
            "json_tools",
            '{"name": "g", "arguments": null}{"name": "g", "arguments": ""}',
            TWO[1:] * 2,
        ),
        ("mistral", f" [{CALL}]", ONE),
        ("mistral", 'f[ARGS]{"a": 1}', ONE),
        ("mistral", 'f[CALL_ID]a1B2c3D4e[ARGS]{"a": 1}g[ARGS]{}', TWO),
        ("mistral", 'f{"a": 1}, g{}', TWO),
        (
            "kimi_k2",
            '<|tool_call_begin|>functions.f:3<|tool_call_argument_begin|>{"a": 1}<|tool_call_end|>'
            "\n<|tool_call_begin|>functions.g:4<|tool_call_argument_begin|>{}<|tool_call_end|>",
            TWO,
        ),
        ("kimi_k2", '<|tool_call_begin|>f:3 <|tool_call_argument_begin|> {"a": 1}', ONE),
    ],
)
def test_calls_are_read_however_they_are_put(family: str, text: str, calls: Any) -> None:
    read = read_json_calls(layout(family), text)

    assert [[call.name, json.loads(call.arguments)] for call in read] == calls


def test_arguments_stay_as_they_were_written() -> None:
    arguments = '{"a": 9007199254740993, "b": 1.50, "c": "\\u00e9 \\/", "d": 1e400}'

    (call,) = read_json_calls(layout("mistral"), f"f[ARGS]{arguments}")

    assert call.arguments == arguments


@pytest.mark.parametrize(
    "text", ["", "I mean it", "[1]", '{"name": 1}', '{"name": "f", "arguments": [1]}', "f[ARGS]{a}"]
)
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_json_calls(layout("mistral"), text)


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("size", [1, 1000])
def test_a_call_keeps_the_id_that_mistral_gave_it(held: bool, size: int) -> None:
    form = native_tool_format("[TOOL_CALLS][CALL_ID][ARGS]", set(), None)
    text = '[TOOL_CALLS]get_time[CALL_ID]a1B2c3D4e[ARGS]{"zone": "CET"}'
    answer = read(AnswerTraits(tools=form), cut(text, [size]), tools=TOOLS, held_to_layout=held)

    assert answer.called == [("get_time", {"zone": "CET"})]
    assert answer.calls[0].id == "a1B2c3D4e"
