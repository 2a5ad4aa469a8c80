"""Every format that mlx-lm knows, as its models write it, however the text is cut."""

from __future__ import annotations

from typing import Any

import mlx_lm.tokenizer_utils as mlx_lm_tokenizers
import pytest
from mlx_lm import tool_parsers

from mlx_runtime.answers.reasoning.markers import thinking_markers
from mlx_runtime.answers.tool_formats.native import infer_tool_parser, native_tool_format
from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.traits import AnswerTraits

from ..support import TOOLS, cut, read

PARIS = ("get_weather", {"city": "Paris", "days": 2})
TIME = ("get_time", {"zone": "CET"})

# What marks the template, then an answer with two calls.
FAMILIES: dict[str, tuple[str, str]] = {
    "json_tools": (
        "<tool_call> {{ tool_call.name }}",
        '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}\n'
        '</tool_call>\n<tool_call>\n{"name": "get_time", "arguments": {"zone": "CET"}}\n'
        "</tool_call>",
    ),
    "mistral": (
        "[TOOL_CALLS] [ARGS]",
        '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris", "days": 2}'
        '[TOOL_CALLS]get_time[ARGS]{"zone": "CET"}',
    ),
    "mistral (list)": (
        "[TOOL_CALLS] [",
        '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}, '
        '{"name": "get_time", "arguments": {"zone": "CET"}}]',
    ),
    "kimi_k2": (
        "<|tool_calls_section_begin|>",
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
        '<|tool_call_argument_begin|>{"city": "Paris", "days": 2}<|tool_call_end|>'
        "<|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>"
        '{"zone": "CET"}<|tool_call_end|><|tool_calls_section_end|>',
    ),
    "kimi_k3": (
        "",
        '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|>'
        '<|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>'
        '<|open|>argument key="days" type="integer"<|sep|>2<|close|>argument<|sep|>'
        '<|close|>call<|sep|><|open|>call tool="get_time" index="2"<|sep|>'
        '<|open|>argument key="zone" type="string"<|sep|>CET<|close|>argument<|sep|>'
        "<|close|>call<|sep|><|close|>tools<|sep|>",
    ),
    "function_gemma": (
        "<start_function_call>",
        "<start_function_call>call:get_weather{city:<escape>Paris<escape>,days:2}"
        "<end_function_call><start_function_call>call:get_time{zone:<escape>CET<escape>}"
        "<end_function_call>",
    ),
    "gemma4": (
        "<|tool_call> <tool_call|>",
        '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:2}<tool_call|>'
        '<|tool_call>call:get_time{zone:<|"|>CET<|"|>}<tool_call|>',
    ),
    "glm47": (
        "<arg_key>",
        "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value>"
        "<arg_key>days</arg_key><arg_value>2</arg_value></tool_call>"
        "<tool_call>get_time<arg_key>zone</arg_key><arg_value>CET</arg_value></tool_call>",
    ),
    "laguna": (
        "",
        "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value>"
        "<arg_key>days</arg_key><arg_value>2</arg_value></tool_call>"
        "<tool_call>get_time<arg_key>zone</arg_key><arg_value>CET</arg_value></tool_call>",
    ),
    "longcat": (
        "<longcat_tool_call>",
        "<longcat_tool_call>get_weather<longcat_arg_key>city</longcat_arg_key>"
        "<longcat_arg_value>Paris</longcat_arg_value><longcat_arg_key>days</longcat_arg_key>"
        "<longcat_arg_value>2</longcat_arg_value></longcat_tool_call>\n"
        "<longcat_tool_call>get_time<longcat_arg_key>zone</longcat_arg_key>"
        "<longcat_arg_value>CET</longcat_arg_value></longcat_tool_call>",
    ),
    "minicpm5": (
        '<function name=" <param name="',
        '<function name="get_weather"><param name="city">Paris</param>'
        '<param name="days">2</param></function>'
        '<function name="get_time"><param name="zone">CET</param></function>',
    ),
    "minimax_m2": (
        "<minimax:tool_call>",
        '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris'
        '</parameter>\n<parameter name="days">2</parameter>\n</invoke>\n'
        '<invoke name="get_time">\n<parameter name="zone">CET</parameter>\n</invoke>\n'
        "</minimax:tool_call>",
    ),
    "muse_spark": (
        "<atem:function_calls>",
        '<atem:function_calls>\n<atem:invoke name="get_weather">'
        '<atem:parameter name="city">Paris</atem:parameter>'
        '<atem:parameter name="days">2</atem:parameter></atem:invoke>\n'
        '<atem:invoke name="get_time"><atem:parameter name="zone">CET</atem:parameter>'
        "</atem:invoke>\n</atem:function_calls>",
    ),
    "pythonic": (
        "<|tool_call_start|>",
        '<|tool_call_start|>[get_weather(city="Paris", days=2), get_time(zone="CET")]'
        "<|tool_call_end|>",
    ),
    "qwen3_coder": (
        "<tool_call>\n<function=",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n"
        "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>\n"
        "<tool_call>\n<function=get_time>\n<parameter=zone>\nCET\n</parameter>\n"
        "</function>\n</tool_call>",
    ),
}
XTML = {"<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>"}


def native(family: str) -> ToolFormat:
    declared = "laguna" if family == "laguna" else None
    vocabulary = XTML if family == "kimi_k3" else set[str]()
    found = native_tool_format(FAMILIES[family][0], vocabulary, declared)
    assert found is not None
    assert found.name == family.removesuffix(" (list)")
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("family", FAMILIES)
def test_both_calls_come_out_and_no_marker_does(family: str, size: int) -> None:
    traits = AnswerTraits(tools=native(family))
    text = f"I will look.\n{FAMILIES[family][1]}"

    answer = read(traits, cut(text, [size]), tools=TOOLS)

    assert answer.called == [PARIS, TIME]
    assert answer.content == "I will look."
    assert answer.mismatches == []


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("family", FAMILIES)
def test_calls_that_are_held_to_the_layout_are_the_same(family: str, size: int) -> None:
    traits = AnswerTraits(tools=native(family))

    answer = read(traits, cut(FAMILIES[family][1], [size]), tools=TOOLS, held_to_layout=True)

    assert answer.called == [PARIS, TIME]
    assert answer.content == ""
    assert answer.mismatches == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_call_of_an_unknown_function_stays_text_and_is_reported(family: str) -> None:
    text = FAMILIES[family][1]
    known = [tool for tool in TOOLS if tool["function"]["name"] == "get_weather"]

    answer = read(AnswerTraits(tools=native(family)), [text], tools=known)

    assert "get_time" not in dict(answer.called)
    assert len(answer.mismatches) == 1
    assert "get_time" in answer.mismatches[0].reason
    assert answer.mismatches[0].text in answer.content
    assert "get_time" in answer.content


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_of_a_call_that_is_cut_off_is_content(family: str, held: bool) -> None:
    form, text = native(family), FAMILIES[family][1]
    for length in (len(form.start) - 1, len(form.start), len(form.start) + 9):
        pieces = cut("Well. " + text[:length], [2])
        traits = AnswerTraits(tools=form)

        answer = read(traits, pieces, tools=TOOLS, held_to_layout=held, was_cut=True)

        assert answer.content.strip() == "Well."
        assert answer.mismatches == []


def test_ids_are_those_that_the_template_wants() -> None:
    mistral = read(AnswerTraits(tools=native("mistral")), [FAMILIES["mistral"][1]], tools=TOOLS)
    kimi = read(
        AnswerTraits(tools=native("kimi_k2")),
        [FAMILIES["kimi_k2"][1]],
        tools=TOOLS,
        held_to_layout=True,
    )

    assert [len(call.id) for call in mistral.calls] == [9, 9]
    assert [call.id for call in kimi.calls] == ["functions.get_weather:0", "functions.get_time:1"]


class _TokenizerOfMlxLm:
    def __init__(self, template: str, vocabulary: set[str]) -> None:
        self.chat_template = template
        self._vocabulary = {token: id for id, token in enumerate(sorted(vocabulary))}

    def get_vocab(self) -> dict[str, int]:
        return self._vocabulary

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        return [0]


VOCABULARIES: list[set[str]] = [
    set(),
    XTML,
    {"<|tool_call_start|>", "<|tool_call_end|>"},
    {"<think>", "</think>"},
    {"<longcat_think>", "</longcat_think>"},
    {"<|think:start|>", "<|think:end|>"},
    {"<|channel>", "<channel|>"},
]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("template", [mark for mark, _ in FAMILIES.values()])
def test_models_are_recognised_as_mlx_lm_does(template: str, vocabulary: set[str]) -> None:
    theirs: Any = mlx_lm_tokenizers
    tokenizer = _TokenizerOfMlxLm(template, vocabulary)
    start, end, *_ = theirs._infer_thinking(tokenizer)

    markers = thinking_markers(vocabulary, "")

    assert infer_tool_parser(template, vocabulary) == theirs._infer_tool_parser(tokenizer)
    assert (start, end) == ((None, None) if markers is None else (markers.start, markers.end))


def test_every_parser_of_mlx_lm_is_known() -> None:
    from pathlib import Path

    folder = Path(tool_parsers.__file__).parent
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}

    assert names == {family.removesuffix(" (list)") for family in FAMILIES}


@pytest.mark.parametrize("declared", ["os", "../os", "nonsense", 7])
def test_a_parser_that_mlx_lm_does_not_have_is_never_imported(declared: object) -> None:
    assert native_tool_format("", set(), declared) is None
