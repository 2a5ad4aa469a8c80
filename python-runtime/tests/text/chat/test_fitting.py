"""Every conversation reaches every template, and nothing of it is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.text.chat.fitting import fitted
from mlx_runtime.text.chat_template import ChatTemplate
from mlx_runtime.wire import WireMessage, WireMessageToolCalls, WirePromptChat

from .families import TEMPLATES as SOURCES

TOOLS: tuple[dict[str, object], ...] = (
    {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object"}}},
)
TEMPLATES = {
    name: ChatTemplate(source, {"bos_token": "<s>", "eos_token": "</s>"})
    for name, source in SOURCES.items()
}
WITH_TOOLS = [name for name, template in TEMPLATES.items() if template.uses_tools]


def turn(role: str, content: str | None = None, **more: Any) -> WireMessage:
    return WireMessage(role=role, content=content, **more)


def called(id: str, arguments: str = '{"zone": "CET"}') -> WireMessageToolCalls:
    return WireMessageToolCalls(id=id, name="get_time", arguments=arguments)


def render(name: str, *turns: WireMessage, tools: bool = False) -> str:
    template = TEMPLATES[name]
    prompt = WirePromptChat(messages=turns, tools=TOOLS if tools else None)
    return template.render(fitted(prompt, template.manners), template.manners)


CONVERSATIONS = {
    "a second system turn": ("system", "system", "user"),
    "a late system turn": ("user", "assistant", "system", "user"),
    "system turns in front and later": ("system", "user", "assistant", "system", "user"),
    "a system turn at the end": ("user", "system"),
    "two users": ("user", "user"),
    "two assistants": ("user", "assistant", "assistant", "user"),
    "an assistant first": ("assistant", "user"),
    "an assistant behind the system": ("system", "assistant", "user"),
}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("roles", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_what_every_turn_says_is_in_the_prompt(name: str, roles: tuple[str, ...]) -> None:
    texts = [f"text {place} of {role}." for place, role in enumerate(roles)]

    prompt = render(name, *map(turn, roles, texts))

    assert [text for text in texts if text not in prompt] == []


@given(st.lists(st.sampled_from(["system", "user", "assistant"]), min_size=1, max_size=6))
def test_so_it_is_in_any_order_that_has_a_user_in_it(roles: list[str]) -> None:
    for name in TEMPLATES:
        texts = [f"text {place} of {role}." for place, role in enumerate([*roles, "user"])]

        prompt = render(name, *map(turn, [*roles, "user"], texts))

        assert all(text in prompt for text in texts)


@pytest.mark.parametrize("id", ["abcDEF123", "call_0123456789abcdef01234567", "functions.f:0"])
@pytest.mark.parametrize("name", WITH_TOOLS)
def test_a_user_speaks_behind_a_tool(name: str, id: str) -> None:
    prompt = render(
        name,
        turn("user", "What time?"),
        turn("assistant", tool_calls=(called(id),)),
        turn("tool", "noon", tool_call_id=id),
        turn("user", "And there?"),
        tools=True,
    )

    assert prompt.index("What time?") < prompt.index("CET") < prompt.index("noon")
    assert prompt.index("noon") < prompt.index("And there?")


@pytest.mark.parametrize("name", WITH_TOOLS)
def test_several_calls_of_a_turn_and_their_results_are_all_there(name: str) -> None:
    ids = ["call_1", "call_2"]
    prompt = render(
        name,
        turn("user", "What time?"),
        turn("assistant", tool_calls=tuple(called(id, f'{{"zone": "{id}"}}') for id in ids)),
        *(turn("tool", f"noon at {id}", tool_call_id=id) for id in ids),
        tools=True,
    )

    assert all(re.search(rf'["\n>]{id}["\n<]', prompt) for id in ids)
    assert all(f"noon at {id}" in prompt for id in ids)


def test_an_id_is_alike_in_a_call_and_its_result() -> None:
    prompt = render(
        "by_turns",
        turn("user", "What time?"),
        turn("assistant", tool_calls=(called("toolu_01A"),)),
        turn("tool", "noon", tool_call_id="toolu_01A"),
        tools=True,
    )

    _, id, _ = prompt.split('"id": "')[1].partition('"')[0], prompt.split('"id": "')[1][:9], ""
    assert f'"call_id": "{id}"' in prompt


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", {}),
        ("null", {}),
        ('{"a": 1}', {"a": 1}),
        (json.dumps('{"a": 1}'), {"a": 1}),
        ('{"a": "cut o', {"arguments": '{"a": "cut o'}),
        ("[1]", {"arguments": [1]}),
    ],
)
def test_arguments_of_any_kind_reach_a_template_as_an_object(
    arguments: str, expected: object
) -> None:
    prompt = render(
        "chatml",
        turn("user", "?"),
        turn("assistant", tool_calls=(called("1", arguments),)),
        tools=True,
    )

    assert f'"arguments": {json.dumps(expected)}}}</tool_call>' in prompt


@pytest.mark.parametrize("name", WITH_TOOLS)
@pytest.mark.parametrize("arguments", ["", "null", '{"a": "cut o', "[1]", '"text"'])
def test_no_arguments_make_a_template_fail(name: str, arguments: str) -> None:
    call = called("abcDEF123", arguments)

    prompt = render(name, turn("user", "?"), turn("assistant", tool_calls=(call,)), tools=True)

    assert "get_time" in prompt


def test_a_template_that_joins_arguments_to_text_gets_text() -> None:
    call = called("1", '{"a": 1}')

    prompt = render("arguments_as_text", turn("assistant", tool_calls=(call,)), tools=True)

    assert 'get_time:{"a": 1}' in prompt


def test_templates_that_take_everything_get_everything_as_it_is() -> None:
    turns = [turn(role, role) for role in ("system", "user", "system", "user", "user")]
    prompt = WirePromptChat(messages=tuple(turns))

    assert fitted(prompt, TEMPLATES["chatml"].manners) == prompt
