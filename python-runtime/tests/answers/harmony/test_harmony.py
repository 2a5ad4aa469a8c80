"""Answers in harmony are reasoning, text and calls, however they are cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.answers.harmony.messages import HARMONY, THINKING, TOKENS
from mlx_runtime.answers.traits import AnswerTraits

from ..support import TOOLS, Answer, cut, read

TRAITS = AnswerTraits(HARMONY, THINKING, harmony=True)
SIZES = st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=5)
NEXT = "<|end|><|start|>assistant"
THOUGHT = f"<|channel|>analysis<|message|>The user asks.{NEXT}"
FINAL = "<|channel|>final<|message|>"
ARGUMENTS = st.dictionaries(
    st.sampled_from(["city", "days"]),
    st.one_of(st.text(max_size=6), st.just("<|end|> } <|call|>"), st.integers(0, 99)),
)
HEADERS = [
    "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>",
    "<|channel|>commentary to=functions.get_weather<|message|>",
    "<|channel|>analysis to=functions.get_weather json<|message|>",
    " to=functions.get_weather<|channel|>commentary json<|message|>",
]

PIECES = ("assistant", "analysis", "final", " to=functions.get_time", "{", "}", "<|", "a", "\n")
SOUP = st.lists(
    st.one_of(st.sampled_from(TOKENS), st.sampled_from((*PIECES, "x" * 390))), max_size=12
).map("".join)


def answer(text: str, sizes: list[int], *, opened: bool = True, **options: Any) -> Answer:
    return read(TRAITS, cut(text, sizes), thinking_opened=opened, **options)


@given(SOUP, SIZES, st.booleans(), st.booleans(), st.booleans())
def test_any_text_gives_the_same_parts_however_it_is_cut(
    text: str, sizes: list[int], held: bool, opened: bool, was_cut: bool
) -> None:
    def parts(sizes: list[int]) -> object:
        found = answer(
            text, sizes, opened=opened, tools=TOOLS, held_to_layout=held, was_cut=was_cut
        )
        calls = [(call.name, call.text) for call in found.calls]
        return found.content, found.reasoning, calls, found.mismatches

    assert parts(sizes) == parts([max(1, len(text))])


def test_a_message_that_begins_before_the_last_one_ended_has_its_header_read() -> None:
    found = answer(f"{THOUGHT.removesuffix(NEXT)}<|start|>assistant{FINAL}Yes.", [4])

    assert (found.reasoning, found.content) == ("The user asks.", "Yes.")


@given(SIZES, st.sampled_from(["<|return|>", "<|end|>", ""]), st.booleans())
def test_channels_become_reasoning_and_text(sizes: list[int], end: str, tools: bool) -> None:
    text = f"{THOUGHT}<|channel|>final<|message|>It is 1 < 2.\n{end}"

    found = answer(text, sizes, tools=TOOLS if tools else None)

    assert (found.reasoning, found.content.rstrip()) == ("The user asks.", "It is 1 < 2.")
    assert found.calls == []


@given(SIZES, ARGUMENTS, st.sampled_from(HEADERS), st.booleans(), st.sampled_from(["<|call|>", ""]))
def test_a_message_to_a_function_is_a_call(
    sizes: list[int], arguments: object, header: str, held: bool, end: str
) -> None:
    written = json.dumps(arguments, ensure_ascii=False)

    found = answer(f"{THOUGHT}{header}{written}{end}", sizes, tools=TOOLS, held_to_layout=held)

    assert found.called == [("get_weather", arguments)]
    assert (found.reasoning, found.content) == ("The user asks.", "")


@given(SIZES)
def test_what_is_said_before_a_call_is_text(sizes: list[int]) -> None:
    said = f"<|channel|>commentary<|message|>I look it up.{NEXT}"
    text = f'{THOUGHT}{said}{HEADERS[0]}{{"city": "Rome"}}<|call|>'

    found = answer(text, sizes, tools=TOOLS)

    assert found.content == "I look it up."
    assert found.called == [("get_weather", {"city": "Rome"})]


@pytest.mark.parametrize(
    ("body", "reason"),
    [("{oops}", "Expecting"), ("[1]", "not an object"), ('{"city": "R', "Unterminated")],
)
def test_a_call_that_is_none_is_text_and_told_of(body: str, reason: str) -> None:
    found = answer(f"{THOUGHT}{HEADERS[0]}{body}<|call|>", [3], tools=TOOLS)

    assert found.calls == []
    assert reason in found.mismatches[0].reason
    assert body in found.content


@given(SIZES, st.booleans())
def test_nothing_of_a_call_that_is_cut_off_is_content(sizes: list[int], held: bool) -> None:
    text = f'{THOUGHT}{HEADERS[0]}{{"city": "Ro'
    for length in (len(THOUGHT) + 12, len(THOUGHT) + 40, len(text)):
        found = answer(text[:length], sizes, tools=TOOLS, held_to_layout=held, was_cut=True)

        assert (found.content, found.mismatches) == ("", [])


@pytest.mark.parametrize("text", ["Plain words.", "to be or not", "< 3"])
def test_words_without_a_header_are_text(text: str) -> None:
    assert answer(text, [1]).content == text


def test_an_answer_that_goes_on_in_a_message_is_text() -> None:
    found = answer(" 5, 6<|return|>", [2], opened=False)

    assert found.content == " 5, 6"
