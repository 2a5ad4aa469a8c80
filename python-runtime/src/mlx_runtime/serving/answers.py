"""What a request asks of an answer's form, for one model: its prompt, its parts, its grammar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

import msgspec

from ..answers.generic import in_plain_turns, without_system_turn
from ..answers.making import CallRules, make_splitter
from ..answers.template_options import template_options
from ..answers.tool_grammar import tool_grammar
from ..answers.traits import AnswerTraits
from ..errors import RpcError, invalid_param
from ..text.tokenizer import Tokenizer
from ..wire import GenerateParams, WirePrompt, WirePromptChat, WireReasoning, WireToolUse
from .row_text import RowText
from .split_text import SplitText

_TAIL = 32
"""Tokens at a prompt's end in which a template may have begun the thoughts."""

Tools = Sequence[dict[str, Any]]


class Answers:
    def __init__(
        self, tokenizer: Tokenizer, traits: AnswerTraits, *, has_grammars: bool
    ) -> None:
        self._tokenizer = tokenizer
        self.traits = traits
        self._has_grammars = has_grammars

    def encode(self, prompt: WirePrompt, reasoning: WireReasoning | None = None) -> Sequence[int]:
        """Token ids of a prompt; raises RpcError."""
        if not isinstance(prompt, WirePromptChat):
            if reasoning is not None:
                raise invalid_param("reasoning", "Has a meaning only with messages")
            return self._tokenizer.encode(prompt)
        if reasoning is not None:
            options = {**template_options(reasoning, self.traits), **(prompt.template_options or {})}
            prompt = msgspec.structs.replace(prompt, template_options=options)
        if self.traits.tools is None or not self.traits.tools.is_generic:
            return self._tokenizer.encode(prompt)
        return self._encode_plain_turns(in_plain_turns(prompt))

    def _encode_plain_turns(self, prompt: WirePromptChat) -> Sequence[int]:
        try:
            return self._tokenizer.encode(prompt)
        except RpcError:
            # Some templates refuse a system turn, which the tools are described in.
            moved = without_system_turn(prompt)
            if moved is prompt:
                raise
            return self._tokenizer.encode(moved)

    def tool_grammar(self, params: GenerateParams) -> str | None:
        """What holds the answer to valid calls, in Lark; raises RpcError."""
        tools, use = _tools(params.prompt), params.tool_use or WireToolUse()
        if not tools or self.traits.tools is None:
            return None
        callable_tools = _callable(tools, use)
        if not self._has_grammars:
            if use.choice == "required" or use.name is not None:
                raise invalid_param("toolUse.choice", "The model's tokenizer allows no grammars")
            return None
        return tool_grammar(
            self.traits.tools,
            callable_tools,
            choice=use.choice,
            parallel=use.parallel,
            special_tokens=self._special_tokens,
        )

    def row_text(
        self, params: GenerateParams, prompt_tokens: Sequence[int], *, held_to_layout: bool
    ) -> RowText | SplitText:
        detokenizer = self._tokenizer.detokenizer(prompt_tokens)
        resume, stops = params.resume_tokens or (), params.sampling.stop
        splitter = None
        if isinstance(params.prompt, WirePromptChat):
            tools, use = _tools(params.prompt), params.tool_use or WireToolUse()
            rules = CallRules(_callable(tools, use), use.parallel, held_to_layout) if tools else None
            opened = self.thinking_opened(prompt_tokens)
            splitter = make_splitter(self.traits, rules, thinking_opened=opened, stops=stops)
        if splitter is None:
            return RowText(detokenizer, stops, resume)
        return SplitText(detokenizer, splitter, resume)

    def thinking_opened(self, prompt_tokens: Sequence[int]) -> bool:
        """True when the chat template has begun the thoughts already."""
        if self.traits.thinking is None:
            return False
        return self.traits.thinking.opened_by(self._tokenizer.decode(prompt_tokens[-_TAIL:]))

    @cached_property
    def _special_tokens(self) -> dict[str, int]:
        return dict(self._tokenizer.special_tokens)


def _tools(prompt: WirePrompt) -> Tools:
    """In OpenAI's shape, each with a name."""
    if not isinstance(prompt, WirePromptChat):
        return ()
    tools = cast("Tools", prompt.tools or ())
    for place, tool in enumerate(tools):
        function: Any = tool.get("function")
        if not isinstance(function, dict) or not isinstance(
            cast("dict[str, Any]", function).get("name"), str
        ):
            raise invalid_param(f"prompt.tools.{place}", "Must be a function with a name")
    return tools


def _callable(tools: Tools, use: WireToolUse) -> Tools:
    if use.name is None:
        return tools
    named = [tool for tool in tools if tool["function"]["name"] == use.name]
    if not named:
        raise invalid_param("toolUse.name", f"There is no tool named {use.name!r}")
    return named
