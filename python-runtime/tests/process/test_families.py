"""Models of families with a format of their own, with random weights, from a request to frames."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from text.chat.families import TEMPLATES

from .client import Frame, RpcFailed, Sidecar
from .tiny_model import write_tiny_model
from .tool_calls import WEATHER, assert_valid, calls_of, chat, reasoning_of

# Special tokens of the default model that stand for those of a family.
_SPARE = (
    *("<repo_name>", "<reponame>", "<file_sep>", "<filename>"),
    *("<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>"),
)


@contextmanager
def serving(
    directory: Path, tokenizer_of: Path, template: str, tokens: tuple[str, ...]
) -> Generator[Sidecar]:
    write_tiny_model(directory, tokenizer_of)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        text = (tokenizer_of / name).read_text("utf-8")
        for spare, token in zip(_SPARE, tokens, strict=False):
            text = text.replace(json.dumps(spare), json.dumps(token))
        (directory / name).unlink()
        (directory / name).write_text(text, "utf-8")
    (directory / "chat_template.jinja").write_text(template)
    with Sidecar() as process:
        process.initialize()
        process.capabilities = process.load(directory)["capabilities"]
        yield process


@pytest.fixture(scope="module")
def harmony(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Sidecar]:
    tokens = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|call|>")
    tokens += ("<|return|>", "<|constrain|>")
    template = TEMPLATES["harmony"].replace("You are", "Reasoning: {{ reasoning_effort }}. You are")
    with serving(tmp_path_factory.mktemp("harmony"), model_directory, template, tokens) as process:
        yield process


class TestHarmony:
    """GPT-OSS's format."""

    def test_says_so(self, harmony: Sidecar) -> None:
        assert harmony.capabilities["toolFormat"] == "harmony"
        assert harmony.capabilities["reasoning"] is True
        assert "effort" in harmony.capabilities["reasoningOptions"]

    def test_a_required_call_is_valid_whatever_comes_before(self, harmony: Sidecar) -> None:
        options: Frame = {"toolUse": {"choice": "required"}, "temperature": 1, "maxTokens": 200}
        streams = [
            harmony.generate(f"call-{seed}", chat(WEATHER), seed=seed, **options)
            for seed in range(4)
        ]

        for stream in streams:
            if stream.finish()["reason"] == "tool_calls":
                (call,) = calls_of(stream)
                assert_valid(call)
            assert "<|" not in stream.text + reasoning_of(stream)
            assert stream.text == ""

    def test_a_schema_holds_the_final_message_only(self, harmony: Sidecar) -> None:
        stream = harmony.generate(
            "typed",
            chat(),
            maxTokens=60,
            reasoning={"budgetTokens": 4},
            grammar={"type": "regex", "pattern": "[0-9]{3}"},
        )

        assert stream.finish()["reason"] == "stop"
        # What a random model thinks may lack a header, and then it is text.
        assert stream.text[-3:].isdigit()

    def test_what_is_not_thought_of_is_refused(self, harmony: Sidecar) -> None:
        with pytest.raises(RpcFailed, match="budgetTokens"):
            harmony.generate("both", chat(WEATHER), reasoning={"budgetTokens": 4})

    def test_every_system_text_is_in_the_prompt(self, harmony: Sidecar) -> None:
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hi"},
        ]
        prompt = {"type": "chat", "messages": messages}

        text = "".join(harmony.request("tokenize", prompt=prompt)["tokenStrings"])

        assert "# Instructions\n\nBe brief.\n\nBe kind.<|end|>" in text


def test_foreign_ids_and_neighbours_reach_a_template_that_takes_neither(
    model_directory: Path, tmp_path: Path
) -> None:
    call = {"id": "toolu_01ABCDEF", "name": "get_weather", "arguments": '{"city": "Rome"}'}
    messages = [
        {"role": "user", "content": "How warm"},
        {"role": "user", "content": "is it?"},
        {"role": "assistant", "content": None, "toolCalls": [call]},
        {"role": "tool", "content": "24", "toolCallId": "toolu_01ABCDEF"},
        {"role": "user", "content": "And now?"},
    ]
    prompt = {"type": "chat", "messages": messages, "tools": [WEATHER]}
    tokens = ("[INST]", "[/INST]", "[TOOL_CALLS]")
    with serving(tmp_path, model_directory, TEMPLATES["by_turns"], tokens) as process:
        text = "".join(process.request("tokenize", prompt=prompt)["tokenStrings"])
        stream = process.generate(
            "call", prompt, toolUse={"choice": "required"}, temperature=1, seed=1, maxTokens=200
        )

        assert "[INST]How warm\n\nis it?[/INST]" in text
        assert text.index('"content": 24') < text.index("And now?")
        assert stream.finish()["reason"] == "tool_calls"
        (made,) = calls_of(stream)
        assert_valid(made)


def test_ids_of_kimi_count_over_the_conversation(model_directory: Path, tmp_path: Path) -> None:
    template = (
        "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.content }}"
        "{% for c in m.tool_calls %}<|tool_calls_section_begin|>{{ c.id }}"
        "{{ c.function.arguments if c.function.arguments is string"
        " else c.function.arguments | tojson }}{% endfor %}"
        "{{ m.tool_call_id }}{% endfor %}"
    )
    call = {"id": "call_1", "name": "get_weather", "arguments": "{}"}
    messages: list[Frame] = [
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": None, "toolCalls": [call]},
        {"role": "tool", "content": "24", "toolCallId": "call_1"},
    ]
    prompt = {"type": "chat", "messages": messages * 2, "tools": [WEATHER]}
    with serving(tmp_path, model_directory, template, ()) as process:
        text = "".join(process.request("tokenize", prompt=prompt)["tokenStrings"])
        use = {"choice": "required"}
        stream = process.generate("call", prompt, toolUse=use, temperature=1, maxTokens=200)
        finish = stream.finish()

    assert process.capabilities["toolFormat"] == "kimi_k2"
    assert text.count("functions.get_weather:0") == text.count("functions.get_weather:1") == 2
    assert finish["reason"] == "tool_calls"
    ids = [row["toolCall"]["id"] for row in stream.rows if "id" in row.get("toolCall", {})]
    assert ids == ["functions.get_weather:2"]
