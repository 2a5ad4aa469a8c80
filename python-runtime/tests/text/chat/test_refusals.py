"""What a template does not take is told with its turn."""

from __future__ import annotations

import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.wire import WireMessage, WirePromptChat

from .support import tokenizer

PICKY = (
    "{% for m in messages %}{% if m.role == 'critic' %}"
    "{{ raise_exception('There is no critic') }}{% endif %}{{ m.content }}{% endfor %}"
)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_turn_that_a_template_refuses_is_named(place: int) -> None:
    roles = ["user", "assistant", "user", "assistant"]
    roles[place] = "critic"
    messages = tuple(WireMessage(role=role, content="x") for role in roles)

    with pytest.raises(
        RpcError, match=rf"There is no critic \(turn {place}, .*'critic'\)"
    ) as refused:
        tokenizer(PICKY).encode(WirePromptChat(messages=messages))

    assert refused.value.param == f"prompt.messages.{place}"


def test_a_template_that_leaves_out_what_is_to_be_continued_is_told_of() -> None:
    messages = (WireMessage(role="assistant", content="x"),)
    prompt = WirePromptChat(messages=messages, continue_final_message=True)

    with pytest.raises(RpcError, match="leaves out the message"):
        tokenizer("{{ messages[0].role }}").encode(prompt)


def test_only_an_assistant_s_text_is_continued() -> None:
    prompt = WirePromptChat(
        messages=(WireMessage(role="user", content="x"),), continue_final_message=True
    )

    with pytest.raises(RpcError, match="no text of an assistant"):
        tokenizer("{{ messages[0].content }}").encode(prompt)
