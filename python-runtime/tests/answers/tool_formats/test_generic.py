"""Conversations with tools for templates that know none."""

from __future__ import annotations

import json

import pytest

from mlx_runtime.answers.tool_formats.generic import in_plain_turns
from mlx_runtime.wire import WireMessage, WireMessageToolCalls, WirePromptChat

from ..support import TOOLS

CALLS = (
    WireMessageToolCalls(id="1", name="get_time", arguments='{"zone": "CET"}'),
    WireMessageToolCalls(id="2", name="get_time", arguments='{"zone": "UTC"}'),
)


def chat(*messages: WireMessage, tools: bool = True) -> WirePromptChat:
    return WirePromptChat(messages=messages, tools=tuple(TOOLS) if tools else None)


def turns(prompt: WirePromptChat) -> list[tuple[str, str | None]]:
    assert prompt.tools is None
    assert not any(message.tool_calls for message in prompt.messages)
    return [(message.role, message.content) for message in prompt.messages]


def test_tools_are_described_in_a_system_turn_of_their_own() -> None:
    (system, user) = turns(in_plain_turns(chat(WireMessage(role="user", content="Hi"))))

    assert system[0] == "system"
    for tool in TOOLS:
        assert json.dumps(tool) in (system[1] or "")
    assert user == ("user", "Hi")


def test_tools_follow_the_system_text_that_is_there() -> None:
    prompt = chat(
        WireMessage(role="system", content="Be brief."), WireMessage(role="user", content="?")
    )

    system, _ = turns(in_plain_turns(prompt))

    assert (system[1] or "").startswith("Be brief.\n\nYou can call functions")


def test_calls_and_results_become_text_and_results_share_a_turn() -> None:
    prompt = chat(
        WireMessage(role="user", content="What time is it?"),
        WireMessage(role="assistant", content=None, tool_calls=CALLS),
        WireMessage(role="tool", content="12:00", tool_call_id="1"),
        WireMessage(role="tool", content="11:00", tool_call_id="2"),
        tools=False,
    )

    assert turns(in_plain_turns(prompt))[1:] == [
        (
            "assistant",
            '<tool_call>{"name": "get_time", "arguments": {"zone": "CET"}}</tool_call>\n'
            '<tool_call>{"name": "get_time", "arguments": {"zone": "UTC"}}</tool_call>',
        ),
        (
            "user",
            "<tool_response>\n12:00\n</tool_response>\n<tool_response>\n11:00\n</tool_response>",
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [("", "{}"), ("null", "{}"), ('{"a": 1.0}', '{"a": 1.0}'), ("[1]", '{"arguments": [1]}')],
)
def test_arguments_of_any_kind_are_written_as_an_object(arguments: str, expected: str) -> None:
    call = WireMessageToolCalls(id="1", name="get_time", arguments=arguments)
    prompt = chat(WireMessage(role="assistant", content=None, tool_calls=(call,)), tools=False)

    assert turns(in_plain_turns(prompt)) == [
        ("assistant", f'<tool_call>{{"name": "get_time", "arguments": {expected}}}</tool_call>')
    ]


def test_a_conversation_without_tools_is_left_as_it_is() -> None:
    prompt = chat(WireMessage(role="user", content="Hi"), tools=False)

    assert in_plain_turns(prompt) == prompt
