"""Renders a chat into the text that the model was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, meta

from ..errors import INVALID_PARAMS, RpcError
from ..wire import WireMessage, WireMessageToolCalls, WirePromptChat
from .chat.call_arguments import Arguments, call_arguments
from .chat.image_places import split_images
from .chat.manners import Manners, manners_of
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
        self.source = source
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

    @cached_property
    def manners(self) -> Manners:
        """Takes some milliseconds at first."""
        return manners_of(self.render, uses_tools=self.uses_tools)

    def render(
        self,
        prompt: WirePromptChat,
        manners: Manners | None = None,
        *,
        images_as_parts: bool = False,
    ) -> str:
        """Raises RpcError `chat_template_error` when the template refuses or misbehaves.

        `images_as_parts`: images are shown to the template, which writes what stands for one.
        """
        form = manners or Manners()
        variables: dict[str, Any] = {
            **self._special_tokens,
            "add_generation_prompt": not prompt.continue_final_message,
            **(prompt.template_options or {}),
            "messages": [
                _message(message, form, images_as_parts=images_as_parts)
                for message in prompt.messages
            ],
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


def _message(message: WireMessage, manners: Manners, *, images_as_parts: bool) -> dict[str, Any]:
    """The message in the shape that templates read.

    A missing content becomes empty text: most templates join it to other text.
    """
    text = message.content or ""
    content = _content(text, manners, images_as_parts=images_as_parts)
    shaped: dict[str, Any] = {"role": message.role, "content": content}
    if message.reasoning is not None:
        # Templates know one name or the other.
        shaped["reasoning_content"] = shaped["thinking"] = message.reasoning
    if message.name is not None:
        shaped["name"] = message.name
    if message.tool_call_id is not None:
        shaped["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        shaped["tool_calls"] = _tool_calls(message.tool_calls, manners.arguments)
    return shaped


def _content(text: str, manners: Manners, *, images_as_parts: bool) -> str | list[dict[str, str]]:
    pieces = split_images(text) if images_as_parts else [text]
    if all(isinstance(piece, str) for piece in pieces):
        return text if manners.content == "text" else [{"type": "text", "text": text}]
    return [
        {"type": "text", "text": piece} if isinstance(piece, str) else {"type": "image"}
        for piece in pieces
    ]


def _tool_calls(calls: Sequence[WireMessageToolCalls], form: Arguments) -> list[dict[str, Any]]:
    return [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call_arguments(call.arguments, form)},
        }
        for call in calls
    ]
