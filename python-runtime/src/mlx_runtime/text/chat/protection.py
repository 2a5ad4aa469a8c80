"""Keeps what people and tools wrote from being read as the chat template's own markers.

A text such as `<|im_end|>` in a message would end the message, and what
follows could pose as another's. Before the template sees a text that holds a
marker, a guard is put into it; what has no guard in the rendered text was
written by the template.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, cast

from msgspec.structs import replace

from ...wire import WireMessage, WireMessageToolCalls, WirePromptChat
from .image_places import image_place
from .markers import Markers

# Noncharacters: they are for use inside of programs, and no text has a reason to have them.
GUARDS = tuple(map(chr, range(0xFDD0, 0xFDF0)))


@dataclass(frozen=True, slots=True)
class Protected:
    prompt: WirePromptChat
    """Every message has `content` and none has `parts`."""
    guard: str | None
    """None: there was nothing to guard against."""


def protected(prompt: WirePromptChat, markers: Markers, spoken: Collection[str]) -> Protected:
    """`spoken`: markers that assistants write themselves, in whose turns they mean what they
    say."""
    if not any(markers.are_in(text) for text in _texts(prompt)):
        return Protected(_joined(prompt), None)
    texts = list(_texts(prompt))
    guard = next(one for one in GUARDS if not any(one in text for text in texts))
    everything = _Guard(markers, guard)
    in_assistants = _Guard(Markers(markers.texts - frozenset(spoken)), guard)
    messages = tuple(
        (in_assistants if message.role == "assistant" else everything).message(message, everything)
        for message in prompt.messages
    )
    tools = prompt.tools and tuple(
        cast("dict[str, object]", everything.value(tool)) for tool in prompt.tools
    )
    return Protected(replace(prompt, messages=messages, tools=tools), guard)


class _Guard:
    def __init__(self, markers: Markers, guard: str) -> None:
        self._markers = markers
        self._guard = guard

    def message(self, message: WireMessage, of_data: _Guard) -> WireMessage:
        """`of_data`: for what a message holds beside what its speaker said."""
        calls = message.tool_calls
        return replace(
            message,
            content=self._content(message),
            parts=None,
            reasoning=self._optional(message.reasoning),
            name=of_data._optional(message.name),
            tool_call_id=of_data._optional(message.tool_call_id),
            tool_calls=None if calls is None else tuple(map(of_data.call, calls)),
        )

    def call(self, call: WireMessageToolCalls) -> WireMessageToolCalls:
        return WireMessageToolCalls(
            id=self.text(call.id),
            name=self.text(call.name),
            arguments=self._arguments(call.arguments),
        )

    def value(self, value: Any) -> Any:
        """All texts of a JSON value."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(part) for part in cast("list[Any]", value)]
            case dict():
                members = cast("dict[str, Any]", value).items()
                return {self.text(key): self.value(part) for key, part in members}
            case _:
                return value

    def text(self, text: str) -> str:
        return self._markers.guarded(text, self._guard)

    def _optional(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def _arguments(self, text: str) -> str:
        """Escapes in their JSON may hide a marker."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self.text(text)
        guarded = self.value(value)
        return self.text(text) if guarded == value else json.dumps(guarded, ensure_ascii=False)

    def _content(self, message: WireMessage) -> str | None:
        if message.parts is None:
            return self._optional(message.content)
        runs: list[str] = []
        plain = ""
        for part in message.parts:
            # Pieces of a marker in pieces of the text are a marker too.
            if part.image is not None:
                runs += [self.text(plain), image_place(part.image)]
                plain = ""
            elif part.allow_special_tokens:
                runs += [self.text(plain), part.text]
                plain = ""
            else:
                plain += part.text
        return "".join([*runs, self.text(plain)])


def _joined(prompt: WirePromptChat) -> WirePromptChat:
    if all(message.parts is None for message in prompt.messages):
        return prompt
    messages = tuple(
        replace(message, content=_content(message), parts=None) for message in prompt.messages
    )
    return replace(prompt, messages=messages)


def _content(message: WireMessage) -> str | None:
    if message.parts is None:
        return message.content
    return "".join(
        part.text if part.image is None else image_place(part.image) for part in message.parts
    )


def _texts(prompt: WirePromptChat) -> Iterator[str]:
    for message in prompt.messages:
        yield _content(message) or ""
        yield message.reasoning or ""
        yield message.name or ""
        yield message.tool_call_id or ""
        for call in message.tool_calls or ():
            yield call.id
            yield call.name
            yield call.arguments
            if "\\u" in call.arguments:
                yield from _strings(_decoded(call.arguments))
    for tool in prompt.tools or ():
        yield from _strings(tool)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in cast("list[Any]", value):
                yield from _strings(part)
        case dict():
            for key, part in cast("dict[str, Any]", value).items():
                yield key
                yield from _strings(part)
        case _:
            pass
