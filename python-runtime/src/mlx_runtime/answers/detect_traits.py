"""Finds out how a model answers: its tool calls, its thoughts, and what can be asked of them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..text.load_tokenizer import LoadedTokenizer
from .harmony.messages import HARMONY, THINKING, writes_harmony
from .reasoning.markers import XTML_TOKENS, thinking_markers
from .splitter import State
from .tool_formats.generic import GENERIC_TOOLS
from .tool_formats.native import native_tool_format
from .tool_formats.tool_format import ToolFormat
from .traits import AnswerTraits

_XTML_MARKERS = (
    "<|open|>response<|sep|>",
    "<|close|>response<|sep|>",
    "<|close|>message<|sep|>",
)
_STATES: Mapping[str, State] = {
    "normal": "content",
    "reasoning": "reasoning",
    "tool": "call",
    "header": "header",
}


def answer_traits(text: LoadedTokenizer) -> AnswerTraits:
    templates = text.tokenizer.templates
    if templates is None:
        return AnswerTraits()
    if writes_harmony(text.tokenizer, text.template_source):
        variables = templates.default.variables | templates.with_tools.variables
        return AnswerTraits(HARMONY, THINKING, variables, harmony=True)
    tools = _native(text) if templates.with_tools.uses_tools else None
    has_xtml = all(token in text.tokenizer for token in XTML_TOKENS)
    return AnswerTraits(
        tools=tools or GENERIC_TOOLS,
        thinking=thinking_markers(text.tokenizer, text.template_source),
        template_variables=templates.default.variables | templates.with_tools.variables,
        dropped=_XTML_MARKERS if has_xtml else (),
        channels=_channels(text.config.get("chat_template_type")),
    )


def _native(text: LoadedTokenizer) -> ToolFormat | None:
    return native_tool_format(
        text.template_source, text.tokenizer, text.config.get("tool_parser_type")
    )


def _channels(template_type: object) -> Mapping[State, Sequence[tuple[str, State]]] | None:
    if template_type != "muse_spark":
        return None
    module: Any = importlib.import_module("mlx_lm.chat_templates.muse_spark")
    return {
        _STATES[state]: [(marker, _STATES[target]) for marker, target in edges]
        for state, edges in module.RESPONSE_FORMAT["transitions"].items()
    }
