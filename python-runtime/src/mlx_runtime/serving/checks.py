"""What the wire's structs cannot know: bounds that depend on the model, and the shape of tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from ..errors import INVALID_PARAMS, RpcError, invalid_param
from ..generation import prompt_too_long
from ..wire import WirePrompt, WirePromptChat, WireSampling, WireToolUse

Tools = Sequence[dict[str, Any]]
"""In OpenAI's shape."""

_LONGEST_ID = 10
"""Digits of the largest 32-bit number; longer keys are not converted at all."""


def check_tokens(param: str, tokens: Sequence[int], vocab_size: int) -> None:
    """Raises RpcError for an id that the model does not have."""
    highest = max(tokens, default=0)
    if highest >= vocab_size:
        raise invalid_param(
            param, f"Token id {highest} is not in the model's vocabulary of {vocab_size}"
        )


def check_length(prompt: WirePrompt, length: int, context_length: int) -> None:
    """Raises RpcError for a prompt of `length` tokens that leaves no room for an answer."""
    if length < context_length:
        return
    raise RpcError(
        INVALID_PARAMS,
        prompt_too_long(length, context_length),
        type="context_length_exceeded",
        param="prompt.messages" if isinstance(prompt, WirePromptChat) else "prompt",
    )


def check_sampling(sampling: WireSampling, vocab_size: int) -> None:
    """Raises RpcError for options that cannot be honoured."""
    if sampling.top_logprobs and not sampling.logprobs:
        raise invalid_param("sampling.topLogprobs", "Needs `logprobs` to be true")
    for key in sampling.logit_bias or ():
        digits = key.isascii() and key.isdecimal() and len(key) <= _LONGEST_ID
        if not (digits and int(key) < vocab_size):
            raise invalid_param(
                f"sampling.logitBias.{key}", f"Must be a token id below {vocab_size}"
            )


def check_grammar(sampling: WireSampling) -> None:
    """Raises RpcError for options that contradict a grammar."""
    if sampling.ignore_eos:
        raise invalid_param("sampling.ignoreEos", "A grammar says itself when an answer ends")


def parse_tools(prompt: WirePromptChat) -> Tools:
    """The tools of a request; raises RpcError unless each is a function with a name."""
    tools = cast("Tools", prompt.tools or ())
    for place, tool in enumerate(tools):
        function: Any = tool.get("function")
        name: Any = (
            cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else 0
        )
        if not isinstance(name, str):
            raise invalid_param(f"prompt.tools.{place}", "Must be a function with a name")
    return tools


def callable_tools(tools: Tools, use: WireToolUse) -> Tools:
    """Those that may be called; raises RpcError when the one that is wanted is not there."""
    if use.name is None:
        return tools
    named = [tool for tool in tools if tool["function"]["name"] == use.name]
    if not named:
        raise invalid_param("toolUse.name", f"There is no tool named {use.name!r}")
    return named
