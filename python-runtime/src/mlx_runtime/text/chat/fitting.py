"""Brings a conversation into a form that a model's chat template takes, with nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from ...wire import WireMessage, WirePromptChat
from .call_ids import nine_letters, with_ids
from .manners import Manners

_SPEAKERS = frozenset({"user", "assistant"})


def fitted(prompt: WirePromptChat, manners: Manners) -> WirePromptChat:
    messages: Sequence[WireMessage] = _named_results(prompt.messages)
    messages = _with_systems_where_they_may_be(messages, manners)
    if manners.ids == "nine":
        messages = with_ids(messages, nine_letters)
    if not manners.calls_together:
        messages = _one_call_a_turn(messages)
    if not manners.text_beside_calls and manners.neighbours:
        messages = _text_before_calls(messages)
    if not manners.neighbours:
        messages = _without_neighbours(messages)
    if manners.after_tool != "anyone":
        messages = _answered(messages, in_turns=manners.after_tool == "assistant")
    if not manners.assistant_first:
        messages = _begun_by_a_user(messages)
    return replace(prompt, messages=tuple(messages))


def _named_results(messages: Sequence[WireMessage]) -> list[WireMessage]:
    """Some templates want to know which function a result is from."""
    names = {call.id: call.name for message in messages for call in message.tool_calls or ()}
    return [
        replace(message, name=names.get(message.tool_call_id or ""))
        if message.role == "tool" and message.name is None
        else message
        for message in messages
    ]


def _with_systems_where_they_may_be(
    messages: Sequence[WireMessage], manners: Manners
) -> list[WireMessage]:
    systems = [message for message in messages if message.role == "system"]
    if not manners.system:
        return _spoken_by_users(messages)
    if manners.late_systems and manners.systems:
        return list(messages)
    if manners.late_systems:
        return _joined_runs(messages, {"system"})
    others = [message for message in messages if message.role != "system"]
    if not systems:
        return others
    return [_joined(systems), *others] if not manners.systems else [*systems, *others]


def _spoken_by_users(messages: Sequence[WireMessage]) -> list[WireMessage]:
    """What the system says begins the next user's turn."""
    found: list[WireMessage] = []
    waiting: list[WireMessage] = []
    for message in messages:
        if message.role == "system":
            waiting.append(replace(message, role="user"))
        elif message.role == "user" and waiting:
            found.append(replace(_joined([*waiting, message]), name=message.name))
            waiting = []
        else:
            found.append(message)
    return [*found, _joined(waiting)] if waiting else found


def _one_call_a_turn(messages: Sequence[WireMessage]) -> list[WireMessage]:
    """Each call, and its result behind it."""
    found: list[WireMessage] = []
    results: dict[str | None, WireMessage] = {}
    for place, message in enumerate(messages):
        if message.role == "tool" and results.pop(message.tool_call_id, None) is message:
            continue
        if not message.tool_calls:
            found.append(message)
            continue
        behind = _results_behind(messages, place)
        for number, call in enumerate(message.tool_calls):
            said = message if number == 0 else replace(message, content=None, reasoning=None)
            found.append(replace(said, tool_calls=(call,)))
            if call.id in behind:
                results[call.id] = behind[call.id]
                found.append(behind[call.id])
    return found


def _results_behind(messages: Sequence[WireMessage], place: int) -> dict[str | None, WireMessage]:
    found: dict[str | None, WireMessage] = {}
    for message in messages[place + 1 :]:
        if message.role != "tool":
            break
        found.setdefault(message.tool_call_id, message)
    return found


def _text_before_calls(messages: Sequence[WireMessage]) -> list[WireMessage]:
    found: list[WireMessage] = []
    for message in messages:
        if message.tool_calls and message.content:
            found.append(replace(message, tool_calls=None))
            found.append(replace(message, content=None, reasoning=None))
        else:
            found.append(message)
    return found


def _without_neighbours(messages: Sequence[WireMessage]) -> list[WireMessage]:
    return _joined_runs(messages, _SPEAKERS)


def _answered(messages: Sequence[WireMessage], *, in_turns: bool) -> list[WireMessage]:
    """An assistant is silent between a tool's turn and a user's; or the user's words are put
    behind the tool's."""
    found: list[WireMessage] = []
    for message in messages:
        if message.role != "user" or not found or found[-1].role != "tool":
            found.append(message)
        elif in_turns:
            found += [WireMessage(role="assistant", content=""), message]
        else:
            found[-1] = replace(found[-1], content=_paragraphs([found[-1], message]))
    return found


def _begun_by_a_user(messages: Sequence[WireMessage]) -> list[WireMessage]:
    place = next((at for at, message in enumerate(messages) if message.role != "system"), 0)
    found = list(messages)
    if found[place].role == "assistant":
        found.insert(place, WireMessage(role="user", content=""))
    return found


def _joined_runs(
    messages: Sequence[WireMessage], roles: frozenset[str] | set[str]
) -> list[WireMessage]:
    found: list[WireMessage] = []
    for role, run in groupby(messages, key=lambda message: message.role):
        turns = list(run)
        found += [_joined(turns)] if role in roles else turns
    return found


def _joined(messages: Sequence[WireMessage]) -> WireMessage:
    """Several turns of one speaker in one."""
    if len(messages) == 1:
        return messages[0]
    calls = tuple(call for message in messages for call in message.tool_calls or ())
    thoughts = "\n\n".join(message.reasoning for message in messages if message.reasoning)
    return replace(
        messages[0],
        content=_paragraphs(messages),
        reasoning=thoughts or None,
        tool_calls=calls or None,
    )


def _paragraphs(messages: Sequence[WireMessage]) -> str:
    return "\n\n".join(message.content for message in messages if message.content)
