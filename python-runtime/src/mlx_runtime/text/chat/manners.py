"""What a chat template does with conversations that not every template takes.

Found out by rendering short ones: a template may refuse a turn, or leave its
text out without a word.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from ...errors import RpcError
from ...wire import WireMessage, WireMessageToolCalls, WirePromptChat
from .call_arguments import Arguments

_SECONDS = 1.0
"""Processor time for all renderings; a template that takes longer is taken for an easy one."""

Content = Literal["text", "parts"]
Ids = Literal["any", "nine"]
"""`nine`: nine letters and digits."""
AfterTool = Literal["anyone", "assistant", "nobody"]
"""Whose turn may follow a tool's: also a user's, only an assistant's, or not even that, where
the assistant says nothing."""

_CONTENT: tuple[Content, ...] = ("text", "parts")
_ARGUMENTS: tuple[Arguments, ...] = ("object", "text")
_IDS: tuple[Ids, ...] = ("any", "nine")
_ID_OF: dict[Ids, str] = {"any": "call_1f2e3d4c5b6a79880716", "nine": "a1B2c3D4e"}


@dataclass(frozen=True, slots=True)
class Manners:
    content: Content = "text"
    system: bool = True
    """Takes a system turn at all."""
    systems: bool = True
    """Takes several of them in front."""
    late_systems: bool = True
    """Takes them anywhere."""
    neighbours: bool = True
    """Takes turns of one speaker, one behind the other."""
    assistant_first: bool = True
    calls_together: bool = True
    """Writes all calls of a turn, not only the first one."""
    text_beside_calls: bool = True
    after_tool: AfterTool = "anyone"
    arguments: Arguments = "object"
    ids: Ids = "any"


Render = Callable[[WirePromptChat, Manners], str]
"""Raises RpcError where the template refuses."""


def manners_of(render: Render, *, uses_tools: bool) -> Manners:
    takes = _Probe(render)
    system, user, assistant = (_turn(role) for role in ("system", "user", "assistant"))
    plain = (Manners(content=content) for content in _CONTENT)
    manners = next((one for one in plain if takes(one, user("1"))), None)
    if manners is None:
        return Manners()
    manners = replace(
        manners,
        system=takes(manners, system("1"), user("2")),
        systems=takes(manners, system("1"), system("2"), user("3")),
        late_systems=takes(manners, system("1"), user("2"), assistant("3"), system("4"), user("5"))
        and takes(manners, user("1"), assistant("2"), system("3"), user("4")),
        neighbours=takes(manners, user("1"), user("2"))
        and takes(manners, user("1"), assistant("2"), assistant("3"), user("4")),
        assistant_first=takes(manners, assistant("1"), user("2")),
    )
    return _with_tools(takes, manners) if uses_tools else manners


def _with_tools(takes: _Probe, manners: Manners) -> Manners:
    user, assistant = _turn("user"), _turn("assistant")
    forms = (
        replace(manners, ids=ids, arguments=arguments)
        for ids, arguments in product(_IDS, _ARGUMENTS)
    )
    fit = next((form for form in forms if takes(form, *_called(form, "1"))), None)
    if fit is None:
        return manners
    called = _called(fit, "1")
    followed = takes(fit, *called, user("6"))
    answered = followed or takes(fit, *called, assistant(""), user("6"))
    return replace(
        fit,
        calls_together=takes(fit, *_called(fit, "1", "2")),
        text_beside_calls=takes(fit, *_called(fit, "1", said="7")),
        after_tool="anyone" if followed else "assistant" if answered else "nobody",
    )


class _Probe:
    def __init__(self, render: Render) -> None:
        self._render = render
        self._deadline = time.thread_time() + _SECONDS

    def __call__(self, manners: Manners, *turns: WireMessage) -> bool:
        """True when all that the turns say is in what the template makes of them."""
        if time.thread_time() > self._deadline:
            return True
        tools = (_TOOL,) if any(turn.role == "tool" for turn in turns) else None
        try:
            text = self._render(WirePromptChat(messages=turns, tools=tools), manners)
        except RpcError:
            return False
        # An object that was not written as JSON shows Python's quotes.
        return f"'{_KEY}'" not in text and all(word in text for word in _words(turns))


_KEY = "probed_key"
_TOOL: dict[str, object] = {
    "type": "function",
    "function": {
        "name": "probed_function",
        "description": "A function",
        "parameters": {"type": "object", "properties": {_KEY: {"type": "string"}}},
    },
}


def _word(name: str) -> str:
    return f"probed-{name}-text" if name else ""


def _words(turns: tuple[WireMessage, ...]) -> list[str]:
    said = [turn.content for turn in turns if turn.content]
    calls = [call for turn in turns for call in turn.tool_calls or ()]
    return said + [_word(f"argument-{call.id[-1]}") for call in calls]


def _turn(role: str) -> Callable[[str], WireMessage]:
    return lambda name: WireMessage(role=role, content=_word(name))


def _called(manners: Manners, *names: str, said: str = "") -> tuple[WireMessage, ...]:
    """A user asks, an assistant calls and hears of the results."""
    ids = [_ID_OF[manners.ids][:-1] + name for name in names]
    calls = tuple(
        WireMessageToolCalls(
            id=id,
            name="probed_function",
            arguments=f'{{"{_KEY}": "{_word(f"argument-{name}")}"}}',
        )
        for id, name in zip(ids, names, strict=True)
    )
    return (
        _turn("user")("asked"),
        WireMessage(role="assistant", content=_word(said), tool_calls=calls),
        *(
            WireMessage(
                role="tool",
                content=_word(f"result-{name}"),
                tool_call_id=id,
                name="probed_function",
            )
            for id, name in zip(ids, names, strict=True)
        ),
    )
