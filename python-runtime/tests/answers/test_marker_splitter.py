"""The parts of an answer depend on its text alone, and markers never come out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.answers.reasoning.markers import ThinkingMarkers
from mlx_runtime.answers.tool_calls import parsed_calls
from mlx_runtime.answers.tool_calls.json_text import read_json_calls
from mlx_runtime.answers.tool_calls.read_call import ReadCall
from mlx_runtime.answers.tool_formats.generic import GENERIC_TOOLS
from mlx_runtime.answers.tool_formats.tool_format import JsonLayout
from mlx_runtime.answers.traits import AnswerTraits

from .support import TOOLS, cut, read

THINK = ThinkingMarkers("<think>", "</think>")
TRAITS = AnswerTraits(tools=GENERIC_TOOLS, thinking=THINK)
SIZES = st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=5)
PLAIN = st.text(alphabet='ab<>/\n {}"\\é🙂', max_size=12)
MARKERS = st.sampled_from(["<think>", "</think>", "<tool_call>", "</tool_call>"])
SOUP = st.lists(st.one_of(PLAIN, MARKERS), max_size=10).map("".join)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["city", "days"]),
    st.one_of(st.text(alphabet='ab<>/{}"\\é\n', max_size=8), st.integers(0, 99)),
    max_size=2,
)


def written(name: str, arguments: object) -> str:
    body = json.dumps(arguments, ensure_ascii=False)
    return f'<tool_call>{{"name": "{name}", "arguments": {body}}}</tool_call>'


@given(SOUP, SIZES, st.booleans(), st.booleans(), st.booleans())
def test_any_text_gives_the_same_parts_however_it_is_cut(
    text: str, sizes: list[int], held: bool, opened: bool, was_cut: bool
) -> None:
    def parts(pieces: list[str]) -> object:
        answer = read(
            TRAITS,
            pieces,
            tools=TOOLS,
            held_to_layout=held,
            thinking_opened=opened,
            was_cut=was_cut,
        )
        calls = [(call.name, call.text) for call in answer.calls]
        return answer.content, answer.reasoning, calls, answer.mismatches

    assert parts(cut(text, sizes)) == parts([text])


@given(
    st.text(alphabet="ab{}\n é", max_size=9),
    st.text(alphabet="ab{} é", max_size=9),
    st.lists(st.tuples(st.sampled_from(["get_weather", "get_time"]), ARGUMENTS), max_size=3),
    SIZES,
)
def test_thoughts_text_and_calls_come_out_as_they_went_in(
    thoughts: str, content: str, calls: list[tuple[str, object]], sizes: list[int]
) -> None:
    text = f"<think>\n{thoughts}\n</think>\n\n{content}\n" + "\n".join(
        written(*call) for call in calls
    )

    answer = read(TRAITS, cut(text, sizes), tools=TOOLS, held_to_layout=True)

    assert answer.reasoning == thoughts.strip("\n")
    assert answer.content.strip("\n") == content
    assert answer.called == calls
    assert answer.mismatches == []


@given(SOUP, SIZES)
def test_nothing_of_a_marker_comes_out_beside_what_is_no_call(text: str, sizes: list[int]) -> None:
    answer = read(TRAITS, cut(text, sizes), tools=TOOLS)

    rest = answer.content
    for mismatch in answer.mismatches:
        rest = rest.replace(mismatch.text, "", 1)
    if not answer.reasoning:
        assert not rest.lstrip().startswith("<think>")
    assert "<tool_call>" not in rest
    assert "</think>" not in answer.reasoning


def test_the_end_of_a_call_inside_a_string_does_not_end_it() -> None:
    arguments = {"city": '</tool_call>"}{', "days": 1}
    text = written("get_weather", arguments)

    answer = read(TRAITS, cut(text, [1]), tools=TOOLS, held_to_layout=True)

    assert answer.called == [("get_weather", arguments)]


def test_a_call_is_not_read_anew_for_each_end_marker_inside_of_its_string(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = 0

    def counting(layout: JsonLayout, text: str) -> list[ReadCall]:
        nonlocal reads
        reads += 1
        return read_json_calls(layout, text)

    monkeypatch.setattr(parsed_calls, "read_json_calls", counting)
    arguments = {"city": "</tool_call>" * 200}

    answer = read(TRAITS, cut(written("get_weather", arguments), [5]), tools=TOOLS)

    assert answer.called == [("get_weather", arguments)]
    assert reads == 2


def test_half_a_marker_at_the_end_is_text() -> None:
    assert read(TRAITS, ["Is 1 <", "tool"], tools=TOOLS).content == "Is 1 <tool"


def test_without_tools_a_call_is_text() -> None:
    text = written("get_weather", {})

    assert read(TRAITS, cut(text, [3])).content == text


def test_thoughts_that_the_prompt_began_are_thoughts_from_the_first_character() -> None:
    answer = read(TRAITS, ["Let me see.", "\n</think>\n\nYes."], thinking_opened=True)

    assert (answer.reasoning, answer.content) == ("Let me see.", "Yes.")


def test_thoughts_that_do_not_end_are_no_content() -> None:
    answer = read(TRAITS, ["<think>", "Hm\n\n"], was_cut=True)

    assert (answer.reasoning, answer.content) == ("Hm\n\n", "")


@pytest.mark.parametrize("held", [True, False])
def test_a_single_call_is_all_when_only_one_is_allowed(held: bool) -> None:
    text = written("get_time", {"zone": "CET"}) + "\n" + written("get_time", {"zone": "UTC"})

    answer = read(TRAITS, cut(text, [4]), tools=TOOLS, held_to_layout=held, parallel=False)

    assert answer.called == [("get_time", {"zone": "CET"})]
    assert answer.content == ""


def test_broken_json_stays_text_and_the_answer_goes_on() -> None:
    text = "<tool_call>{oops}</tool_call> and then"

    answer = read(TRAITS, cut(text, [2]), tools=TOOLS)

    assert answer.content == text
    assert [mismatch.text for mismatch in answer.mismatches] == ["<tool_call>{oops}</tool_call>"]


@given(SIZES)
def test_a_tag_that_is_quoted_behind_thoughts_is_text(sizes: list[int]) -> None:
    quoted = "Write `<think>` around thoughts and `</think>` after."

    behind = read(TRAITS, cut(f"<think>Hm.</think>{quoted}", sizes), tools=TOOLS)
    alone = read(TRAITS, cut(quoted, sizes), tools=TOOLS)
    at_once = read(TRAITS, cut("<think>Hm.</think><think> is a tag.", sizes), tools=TOOLS)

    assert (behind.reasoning, behind.content) == ("Hm.", quoted)
    assert (alone.reasoning, alone.content) == ("", quoted)
    assert (at_once.reasoning, at_once.content) == ("Hm.", "<think> is a tag.")


@given(SIZES, st.booleans(), st.sampled_from(["", "\n", "{oops}</tool_call>", '{"name": "no"']))
def test_a_tag_in_thoughts_that_begins_no_call_leaves_them_going_on(
    sizes: list[int], held: bool, behind: str
) -> None:
    thought = f"I could write\n<tool_call>{behind} and so on."

    answer = read(
        TRAITS,
        cut(f"<think>{thought}</think>Yes.", sizes),
        tools=TOOLS,
        held_to_layout=held,
    )

    assert (answer.reasoning, answer.content) == (thought, "Yes.")
    assert (answer.calls, answer.mismatches) == ([], [])


@given(SIZES, st.booleans())
def test_a_call_in_thoughts_is_a_call(sizes: list[int], held: bool) -> None:
    text = f"<think>Well.\n{written('get_time', {'zone': 'CET'})}\nGo on.</think>Yes."

    answer = read(TRAITS, cut(text, sizes), tools=TOOLS, held_to_layout=held)

    assert answer.called == [("get_time", {"zone": "CET"})]
    assert (answer.reasoning, answer.content) == ("Well.Go on.", "Yes.")


CHANNELS = AnswerTraits(
    tools=GENERIC_TOOLS,
    channels={
        "header": [
            ("to=self<|message|>", "reasoning"),
            ("to=user<|message|>", "content"),
            ("<tool_call>", "call"),
        ],
        "reasoning": [("<|eom|>", "header")],
        "content": [("<|eom|>", "header"), ("<|eot|>", "content")],
    },
)


@given(SIZES)
def test_turns_with_headers_are_told_apart(sizes: list[int]) -> None:
    text = " to=self<|message|>Hm.<|eom|>to=user<|message|>Yes.<|eot|>"

    answer = read(CHANNELS, cut(text, sizes), tools=TOOLS)

    assert (answer.reasoning, answer.content) == ("Hm.", "Yes.")
