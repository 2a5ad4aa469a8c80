"""What the grammars let through, and what not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer
from tokenizers import AddedToken
from tokenizers import Tokenizer as Backend

from mlx_runtime.answers.reasoning.markers import XTML_TOKENS
from mlx_runtime.answers.tool_formats.generic import GENERIC_TOOLS
from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import ToolChoice, tool_grammar
from mlx_runtime.errors import RpcError

from ..support import TOOLS, tool
from ..tool_formats.test_native_formats import FAMILIES, native


class Vocabulary:
    def __init__(self, backend: Backend, special: dict[str, int]) -> None:
        self.backend = backend
        self.special = special
        self.tokens = LLTokenizer(backend.to_str(), n_vocab=backend.get_vocab_size())

    def verdict(self, grammar: str | None, text: str) -> tuple[bool, bool]:
        """Whether all of a text may be written, and whether the answer may end there."""
        assert grammar is not None
        matcher = LLMatcher(self.tokens, grammar)
        assert not matcher.is_error(), matcher.get_error()
        ids = self.backend.encode(text, add_special_tokens=False).ids
        return matcher.try_consume_tokens(ids) == len(ids), matcher.is_accepting()


@pytest.fixture(scope="module")
def vocabulary(model_directory: Path) -> Vocabulary:
    return Vocabulary(Backend.from_file(str(model_directory / "tokenizer.json")), {})


@pytest.fixture(scope="module")
def with_special_tokens(model_directory: Path) -> Vocabulary:
    names = ["[TOOL_CALLS]", "[ARGS]", "<|tool_call_start|>", "<|tool_call_end|>"]
    return vocabulary_with(model_directory, [*names, "<tool_call>", "</tool_call>"])


@pytest.fixture(scope="module")
def with_xtml(model_directory: Path) -> Vocabulary:
    return vocabulary_with(model_directory, XTML_TOKENS)


def vocabulary_with(model_directory: Path, names: Sequence[str]) -> Vocabulary:
    backend = Backend.from_file(str(model_directory / "tokenizer.json"))
    backend.add_special_tokens([AddedToken(name, special=True) for name in names])
    ids = {name: backend.token_to_id(name) or 0 for name in names}
    return Vocabulary(backend, ids)


def grammar_of(
    form: ToolFormat, choice: ToolChoice, special: dict[str, int], *, parallel: bool = True
) -> str | None:
    return tool_grammar(form, TOOLS, choice=choice, parallel=parallel, special_tokens=special)


def call(name: str, arguments: object) -> str:
    return f'<tool_call>{{"name": "{name}", "arguments": {json.dumps(arguments)}}}</tool_call>'


GOOD = call("get_weather", {"city": "Paris", "days": 2})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No call at all, 1 < 2.", (True, True)),
        (f"Let me see. {GOOD}", (True, True)),
        (f"{GOOD}\n{GOOD} done", (True, True)),
        (GOOD[:-3], (True, False)),
        (call("get_rich", {}), (False, False)),
        (call("get_weather", {"city": 7}), (False, False)),
        (call("get_weather", {"days": 2.5}), (False, False)),
    ],
)
def test_auto_leaves_text_free_and_holds_calls_to_their_schema(
    vocabulary: Vocabulary, text: str, expected: tuple[bool, bool]
) -> None:
    grammar = grammar_of(GENERIC_TOOLS, "auto", {})

    assert vocabulary.verdict(grammar, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (True, False)),
        ("No", (False, False)),
        (GOOD, (True, True)),
        (f"{GOOD}\n", (True, True)),
        (f"{GOOD}\n{GOOD}", (True, True)),
        (f"{GOOD}\n\n\n", (False, True)),
    ],
)
def test_required_leaves_nothing_but_calls(
    vocabulary: Vocabulary, text: str, expected: tuple[bool, bool]
) -> None:
    grammar = grammar_of(GENERIC_TOOLS, "required", {})

    assert vocabulary.verdict(grammar, text) == expected


@pytest.mark.parametrize("choice", ["auto", "required"])
def test_one_call_is_the_end_where_only_one_is_allowed(
    vocabulary: Vocabulary, choice: ToolChoice
) -> None:
    grammar = grammar_of(GENERIC_TOOLS, choice, {}, parallel=False)

    assert vocabulary.verdict(grammar, GOOD) == (True, True)
    assert vocabulary.verdict(grammar, GOOD + "\n") == (True, True)
    assert vocabulary.verdict(grammar, GOOD + GOOD) == (False, False)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_model_writes_by_itself_is_let_through(vocabulary: Vocabulary, family: str) -> None:
    form = native(family)

    assert vocabulary.verdict(grammar_of(form, "required", {}), FAMILIES[family][1]) == (True, True)
    auto = grammar_of(form, "auto", {})
    assert vocabulary.verdict(auto, f"Well.\n{FAMILIES[family][1]}") == (True, True)


@pytest.mark.parametrize("family", ["json_tools", "mistral", "pythonic"])
def test_markers_may_be_tokens_that_no_text_has(
    with_special_tokens: Vocabulary, family: str
) -> None:
    form, special = native(family), with_special_tokens.special
    text = FAMILIES[family][1]

    required = grammar_of(form, "required", special)
    assert with_special_tokens.verdict(required, text) == (True, True)
    auto = grammar_of(form, "auto", special)
    assert with_special_tokens.verdict(auto, f"Well. {text}") == (True, True)


XTML_CALL = (
    '<|open|>tools<|sep|><|open|>call tool="get_time" index="1"<|sep|>'
    '<|open|>argument key="zone" type="string"<|sep|>CET<|close|>argument<|sep|>'
    "<|close|>call<|sep|><|close|>tools<|sep|>"
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Hi.", (True, True)),
        ("<|open|>response<|sep|>tools<|close|>response<|sep|>", (True, True)),
        ("<|open|>think<|sep|>Hm.<|close|>think<|sep|>", (True, True)),
        (f"<|open|>response<|sep|>Hi.<|close|>response<|sep|>{XTML_CALL}", (True, True)),
        (XTML_CALL, (True, True)),
        (XTML_CALL[:-8], (True, False)),
        ("<|open|>tools<|sep|>Hi", (False, False)),
        (XTML_CALL.replace("get_time", "get_rich"), (False, False)),
    ],
)
@pytest.mark.parametrize("parallel", [True, False])
def test_a_marker_of_several_tokens_is_told_from_others_that_share_some(
    with_xtml: Vocabulary, text: str, verdict: tuple[bool, bool], parallel: bool
) -> None:
    grammar = grammar_of(native("kimi_k3"), "auto", with_xtml.special, parallel=parallel)

    assert with_xtml.verdict(grammar, text) == verdict


def test_a_function_without_parameters_takes_an_empty_object(vocabulary: Vocabulary) -> None:
    bare: dict[str, Any] = {"type": "function", "function": {"name": "ping"}}
    grammar = tool_grammar(
        GENERIC_TOOLS, [bare], choice="required", parallel=False, special_tokens={}
    )

    assert vocabulary.verdict(grammar, call("ping", {})) == (True, True)
    assert vocabulary.verdict(grammar, call("ping", {"a": 1})) == (False, False)


def test_arguments_that_are_no_object_are_refused_by_name() -> None:
    bad = tool("count")
    bad["function"] |= {"parameters": {"type": "array"}, "strict": True}

    with pytest.raises(RpcError, match=r"The tool .count.: arguments are an object"):
        tool_grammar(GENERIC_TOOLS, [bad], choice="required", parallel=True, special_tokens={})
