"""Templates render as in Hugging Face's transformers, and hostile ones are stopped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.text import template_sandbox
from mlx_runtime.text.chat_template import ChatTemplate, InvalidTemplate
from mlx_runtime.text.load_tokenizer import load_tokenizer
from mlx_runtime.wire import WireMessage, WireMessageToolCalls, WirePromptChat

USER = WireMessage(role="user", content="Hi <b>&</b> é")
TOOL = {"type": "function", "function": {"name": "price", "description": "naïve"}}


def render(source: str, **options: Any) -> str:
    prompt = WirePromptChat(messages=options.pop("messages", (USER,)), **options)
    return ChatTemplate(source, {"bos_token": "<s>"}).render(prompt)


def test_messages_special_tokens_and_options_are_variables() -> None:
    source = "{{ bos_token }}{{ messages[0].role }}{{ add_generation_prompt }}{{ mood }}"

    assert render(source, template_options={"mood": "calm"}) == "<s>userTruecalm"


def test_blocks_are_trimmed_and_loops_can_be_left_early() -> None:
    source = """{% for i in range(9) %}
    {% if i == 2 %}{% continue %}{% endif %}
    {% if i == 4 %}{% break %}{% endif %}
{{ i }}{{ loop.index }}{{ loop.first }} {% endfor %}"""

    assert render(source) == "01True 12False 34False "


def test_json_is_not_escaped_for_html() -> None:
    assert render("{{ messages[0].content | tojson }}") == '"Hi <b>&</b> é"'
    assert "naïve" in render("{{ tools | tojson(indent=2) }}", tools=(TOOL,))


def test_generation_tags_are_transparent() -> None:
    assert render("a{% generation %}{{ 1 + 1 }}{% endgeneration %}b") == "a2b"


def test_tool_calls_carry_their_arguments_as_objects() -> None:
    call = WireMessageToolCalls(id="1", name="price", arguments='{"item": "roll"}')
    message = WireMessage(role="assistant", content=None, tool_calls=(call,))
    source = "{{ messages[0].content }}{{ messages[0].tool_calls[0].function.arguments.item }}"

    assert render(source, messages=(message,)) == "roll"


def test_namespaces_macros_and_joined_texts_work() -> None:
    source = (
        "{% set ns = namespace(n=0) %}{% macro twice(x) %}{{ x ~ x ~ 1 }}{% endmacro %}"
        "{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ twice(ns.n) }}"
    )

    assert render(source) == "111"


def test_the_current_date_is_there() -> None:
    assert render("{{ strftime_now('%Y') }}") == time.strftime("%Y")


def test_a_template_s_own_complaint_reaches_the_caller() -> None:
    with pytest.raises(RpcError, match="Roles must alternate") as refused:
        render("{{ raise_exception('Roles must alternate') }}")

    assert refused.value.data == {"type": "chat_template_error", "param": "prompt.messages"}


HOSTILE = {
    "endless loops": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    ),
    "a huge range": "{% for i in range(10**9) %}x{% endfor %}",
    "endless recursion": "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "branching calls": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "much output": "{% for i in range(99999) %}{{ 'x' * 100000 }}{% endfor %}",
    "a repeated text": "{{ 'x' * 10**10 }}",
    "a repeated list": "{{ [0] * 10**10 }}",
    "doubling by +": (
        "{% set n = namespace(s='xx') %}"
        "{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}"
    ),
    "doubling by ~": (
        "{% set n = namespace(s='xx') %}"
        "{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}"
    ),
    "a huge power": "{{ 9 ** (9 ** 9) }}",
    "huge factors": (
        "{% set n = namespace(i=9) %}{% for i in range(99) %}{% set n.i = n.i * n.i %}{% endfor %}"
    ),
    "padding by format": "{{ '%1000000000d' % 1 }}",
    "padding behind a brace": "{{ '{0[a][}]:1000000000}'.format({'a': {'}': 1}}) }}",
    "padding by format of a name": "{{ '%(n(a))1000000000d' % {'n(a)': 1} }}",
    "padding by the filter of formats": "{{ '%1000000000d' | format(1) }}",
    "indenting": "{{ 'x' | indent(10**10, true) }}",
    "indenting by a text": "{{ ('x\n' * 9999) | indent('x' * 99999) }}",
    "padding by method": "{{ 'x'.center(10**10) }}",
    "padding by filter": "{{ 'x' | center(10**10) }}",
    "padding by str.format": "{{ '{:>10000000000}'.format(1) }}",
    "padding by an argument": "{{ '{:>{}}'.format(1, 10**10) }}",
    "padding by a mapping": "{{ '{:>10000000000}'.format_map({}) }}",
    "class access": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ raise_exception.__globals__['json'] }}",
    "namespace tricks": "{% set n = namespace(__class__=1) %}{{ n }}",
    "changing messages": "{{ messages.append(1) }}",
    "files": "{% include '/etc/passwd' %}",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_template_is_stopped(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_sandbox, "SECONDS", 0.2)
    started = time.thread_time()
    with pytest.raises((RpcError, InvalidTemplate)):
        render(source)

    assert time.thread_time() - started < 1


@pytest.mark.parametrize(
    "source", ["{{ raise_exception.__globals__ }}", "{{ '{0.__class__}'.format(1) }}"]
)
def test_what_is_private_is_invisible(source: str) -> None:
    assert render(source) == ""


def test_texts_can_be_formatted() -> None:
    assert render("{{ '{:02d} {}'.format(7, 'x') }}{{ '%s-%03d' % ('a', 5) }}") == "07 xa-005"
    assert render("{{ '[{}] {0[a]:3d}|'.replace('{}', '{0[b]}').format({'a': 5, 'b': 'x'}) }}") == (
        "[x]   5|"
    )


def test_texts_can_be_indented_and_formatted_by_filters() -> None:
    assert render("{{ 'a\nb\n\nc' | indent(2) }}") == "a\n  b\n\n  c"
    assert render("{{ 'a\nb' | indent('> ', first=true) }}") == "> a\n> b"
    assert render("{{ '%s-%03d' | format('a', 5) }}") == "a-005"
    assert render("{{ '%(name)-4s|' | format(name='a') }}") == "a   |"


@pytest.mark.parametrize("source", ["{% if %}", "{{ 'x' | nonsense }}", "x" * 2_000_000])
def test_a_template_that_cannot_be_compiled_is_known_at_load(source: str) -> None:
    with pytest.raises(InvalidTemplate):
        ChatTemplate(source, {})


def test_a_template_says_whether_it_knows_tools() -> None:
    assert ChatTemplate("{% if tools %}{{ tools }}{% endif %}", {}).uses_tools
    assert not ChatTemplate("{{ messages }}", {}).uses_tools


@pytest.mark.model
def test_the_default_model_s_chats_are_those_of_transformers(model_directory: Path) -> None:
    from transformers import AutoTokenizer

    reference: Any = AutoTokenizer
    reference = reference.from_pretrained(model_directory)
    tokenizer = load_tokenizer(model_directory).tokenizer
    chat = [
        {"role": "system", "content": "Be brief.\nBe kind."},
        {"role": "user", "content": "Grüße 👋 < |im_end|> 123"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "漢字?"},
    ]
    messages = tuple(msgspec.convert(message, WireMessage) for message in chat)

    tokens = tokenizer.encode(WirePromptChat(messages=messages))

    expected = reference.apply_chat_template(chat, add_generation_prompt=True, return_dict=False)
    assert list(tokens) == list(expected)
