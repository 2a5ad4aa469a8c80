"""Tools whose arguments are written in tags, and what their grammars let through."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from llguidance import LLMatcher, LLTokenizer
from tokenizers import Tokenizer

from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import tool_grammar

from ..tool_formats.test_native_formats import native

Arguments = dict[str, Any]


def tool(*required: str, definitions: Any = None, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    if definitions is not None:
        parameters["$defs"] = definitions
    return {"type": "function", "function": {"name": "book", "parameters": parameters}}


def lets_through(tokenizer: Tokenizer, grammar: str | None, text: str) -> bool:
    assert grammar is not None
    matcher = LLMatcher(_tokens_of(tokenizer), grammar)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


@lru_cache(maxsize=4)
def _tokens_of(tokenizer: Tokenizer) -> LLTokenizer:
    return LLTokenizer(tokenizer.to_str(), n_vocab=tokenizer.get_vocab_size())


def required(tool: dict[str, Any], form: ToolFormat | None = None, **special: int) -> str | None:
    return tool_grammar(
        form or native("qwen3_coder"),
        [tool],
        choice="required",
        parallel=False,
        special_tokens=special,
    )
