"""Renders a chat into the text that the model was trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, meta

from ..errors import INVALID_PARAMS, RpcError
from ..wire import WireMessage, WireMessageToolCalls, WirePromptChat
from .template_sandbox import TemplateEnvironment

MAX_TEMPLATE_CHARACTERS = 1024 * 1024


class InvalidTemplate(Exception):
    """The model's chat template cannot be compiled."""


class ChatTemplate:
    """A compiled template. Renders on one thread at a time."""

    def __init__(self, source: str, special_tokens: Mapping[str, str]) -> None:
        """Raises InvalidTemplate. `special_tokens` such as bos_token become variables."""
        if len(source) > MAX_TEMPLATE_CHARACTERS:
            raise InvalidTemplate(f"longer than {MAX_TEMPLATE_CHARACTERS} characters")
        self._environment = TemplateEnvironment()
        self._special_tokens = dict(special_tokens)
        try:
            self._template = self._environment.compile_limited(source)
            variables = meta.find_undeclared_variables(self._environment.parse(source))
        except (TemplateSyntaxError, RecursionError, SyntaxError) as error:
            raise InvalidTemplate(str(error)) from error
        self.variables = frozenset(variables)
        """Names that the template reads and does not set."""
        self.uses_tools = "tools" in variables

    def render(self, prompt: WirePromptChat) -> str:
        """Raises RpcError `chat_template_error` when the template refuses or misbehaves."""
        variables: dict[str, Any] = {
            **self._special_tokens,
            "add_generation_prompt": True,
            **(prompt.template_options or {}),
            "messages": [_message(message) for message in prompt.messages],
            "tools": list(prompt.tools) if prompt.tools else None,
        }
        try:
            return self._environment.render_limited(self._template, variables)
        # A template can raise whatever its expressions raise.
        except Exception as error:
            raise _template_error(error) from error


def _template_error(error: Exception) -> RpcError:
    kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
    return RpcError(
        INVALID_PARAMS,
        f"The model's chat template refused the messages: {kind}{error}",
        type="chat_template_error",
        param="prompt.messages",
    )


def _message(message: WireMessage) -> dict[str, Any]:
    """The message in the shape that templates read.

    A missing content becomes empty text: most templates join it to other text.
    """
    shaped: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.reasoning is not None:
        shaped["reasoning_content"] = message.reasoning
    if message.name is not None:
        shaped["name"] = message.name
    if message.tool_call_id is not None:
        shaped["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        shaped["tool_calls"] = _tool_calls(message.tool_calls)
    return shaped


def _tool_calls(calls: Sequence[WireMessageToolCalls]) -> list[dict[str, Any]]:
    return [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": _arguments(call.arguments)},
        }
        for call in calls
    ]


def _arguments(text: str) -> Any:
    """Templates render arguments themselves, so they get the object and not its JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
