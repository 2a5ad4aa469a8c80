"""Thoughts, from a request to its frames."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from .client import Frame, Sidecar
from .tool_calls import WEATHER, assert_valid, calls_of, chat, reasoning_of, serving

THINKING = (
    "{% for m in messages %}{{ m.role }}: {{ m.reasoning_content or '' }}{{ m.content }}\n"
    "{% endfor %}{% if enable_thinking is not defined or enable_thinking %}<think>\n"
    "{% else %}<think></think>{% endif %}"
)


@pytest.fixture(scope="module")
def thinker(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Sidecar]:
    yield from serving(tmp_path_factory.mktemp("thinker"), model_directory, THINKING)


class TestAModelThatThinks:
    """A random one, whose template begins its thoughts."""

    def test_says_so(self, thinker: Sidecar) -> None:
        assert thinker.capabilities["reasoning"] is True
        assert thinker.capabilities["reasoningOptions"] == ["enabled", "budgetTokens"]
        assert thinker.capabilities["toolFormat"] == "generic"

    def test_thinks_from_the_first_token(self, thinker: Sidecar) -> None:
        stream = thinker.generate("thoughts", chat(), maxTokens=12)
        finish = stream.finish()

        assert stream.text == ""
        assert reasoning_of(stream)
        assert finish["usage"]["reasoningTokens"] == 12

    def test_does_not_when_it_is_told_not_to(self, thinker: Sidecar) -> None:
        stream = thinker.generate("calm", chat(), maxTokens=6, reasoning={"enabled": False})

        assert stream.finish()["usage"]["reasoningTokens"] == 0
        assert reasoning_of(stream) == ""
        assert stream.text

    @pytest.mark.parametrize("enabled", [True, False])
    def test_counts_a_prompt_as_it_is_charged(self, thinker: Sidecar, enabled: bool) -> None:
        asked = {"enabled": enabled}
        stream = thinker.generate(f"charged-{enabled}", chat(), maxTokens=1, reasoning=asked)

        counted = thinker.request("tokenize", prompt=chat(), reasoning=asked)

        assert stream.finish()["usage"]["promptTokens"] == len(counted["tokens"])

    def test_goes_on_to_its_answer_when_its_budget_is_used_up(self, thinker: Sidecar) -> None:
        stream = thinker.generate("budget", chat(), maxTokens=30, reasoning={"budgetTokens": 8})
        finish = stream.finish()

        assert reasoning_of(stream)
        assert stream.text
        assert "think>" not in reasoning_of(stream) + stream.text
        # The marker that ends thoughts is part of them.
        assert 8 < finish["usage"]["reasoningTokens"] < 14

    def test_is_held_to_a_grammar_in_its_answer_only(self, thinker: Sidecar) -> None:
        stream = thinker.generate(
            "grammar",
            chat(),
            maxTokens=40,
            reasoning={"budgetTokens": 5},
            grammar={"type": "regex", "pattern": "[0-9]{3}"},
        )

        assert stream.finish()["reason"] == "stop"
        assert reasoning_of(stream)
        assert stream.text.isdigit()
        assert len(stream.text) == 3

    def test_calls_after_it_has_thought(self, thinker: Sidecar) -> None:
        stream = thinker.generate(
            "calls",
            chat(WEATHER),
            maxTokens=200,
            temperature=1,
            seed=4,
            reasoning={"budgetTokens": 5},
            toolUse={"choice": "required", "parallel": False},
        )

        assert stream.finish()["reason"] == "tool_calls"
        (call,) = calls_of(stream)
        assert_valid(call)
        assert reasoning_of(stream)

    def test_goes_on_where_a_crash_has_cut_it(self, thinker: Sidecar) -> None:
        options: Frame = {
            "maxTokens": 120,
            "temperature": 1,
            "seed": 11,
            "reasoning": {"budgetTokens": 6},
            "toolUse": {"choice": "required", "parallel": False},
        }
        whole = thinker.generate("whole", chat(WEATHER), **options)
        whole.finish()
        for cut in (3, 9, len(whole.tokens) - 4):
            rest = thinker.generate(
                f"rest-{cut}", chat(WEATHER), resumeTokens=whole.tokens[:cut], **options
            )
            rest.finish()
            assert whole.tokens[:cut] + rest.tokens == whole.tokens
            assert reasoning_of(whole).endswith(reasoning_of(rest))

    def test_templates_get_what_was_thought_before(self, thinker: Sidecar) -> None:
        messages = [{"role": "assistant", "content": "Yes.", "reasoning": "Hm. "}]
        prompt = {"type": "chat", "messages": messages}

        tokens = thinker.request("tokenize", prompt=prompt)["tokenStrings"]

        assert "assistant: Hm. Yes.\n" in "".join(tokens)
