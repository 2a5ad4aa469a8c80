"""Tool calls in formats that models have, from a request to its frames."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from .client import Sidecar
from .tool_calls import PING, WEATHER, assert_valid, calls_of, chat, serving

NATIVE = (
    "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.content }}"
    "{% for tool_call in m.tool_calls %}<tool_call>{{ tool_call.name }}</tool_call>{% endfor %}"
    "{% endfor %}"
)


@pytest.fixture(scope="module")
def native(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Sidecar]:
    yield from serving(tmp_path_factory.mktemp("native"), model_directory, NATIVE)


@pytest.fixture(scope="module")
def coder(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Sidecar]:
    template = NATIVE.replace("<tool_call>{{", "<tool_call>\n<function={{")
    yield from serving(tmp_path_factory.mktemp("coder"), model_directory, template)


class TestAModelWithAFormatOfItsOwn:
    """A random one, whose template writes calls as Qwen's does."""

    def test_says_so(self, native: Sidecar) -> None:
        assert native.capabilities["toolFormat"] == "json_tools"
        assert native.capabilities["tools"] is True
        assert native.capabilities["reasoning"] is False

    @pytest.mark.parametrize("seed", range(4))
    def test_writes_valid_calls_in_it(self, native: Sidecar, seed: int) -> None:
        stream = native.generate(
            f"native-{seed}",
            chat(WEATHER, PING),
            maxTokens=250,
            temperature=1,
            seed=seed,
            toolUse={"choice": "required", "parallel": False},
        )

        assert stream.finish()["reason"] == "tool_calls"
        (call,) = calls_of(stream)
        assert_valid(call)
        assert stream.text == ""


class TestAModelThatWritesArgumentsInTags:
    """A random one, whose template writes calls as Qwen's coders do."""

    def test_says_so(self, coder: Sidecar) -> None:
        assert coder.capabilities["toolFormat"] == "qwen3_coder"

    @pytest.mark.parametrize("seed", range(4))
    def test_writes_valid_calls_piece_by_piece(self, coder: Sidecar, seed: int) -> None:
        stream = coder.generate(
            f"coder-{seed}",
            chat(WEATHER),
            maxTokens=250,
            temperature=1,
            seed=seed,
            toolUse={"choice": "required", "parallel": False},
        )

        assert stream.finish()["reason"] == "tool_calls"
        (call,) = calls_of(stream)
        assert_valid(call)
        assert stream.text == ""
        pieces = [row["toolCall"]["arguments"] for row in stream.rows if "toolCall" in row]
        assert len([piece for piece in pieces if piece]) > 2
