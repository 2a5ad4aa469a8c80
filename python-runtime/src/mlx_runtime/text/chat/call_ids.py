"""Ids of calls in the form that a template wants, alike in a call and in its result."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ...wire import WireMessage

_ALPHABET = string.ascii_letters + string.digits
_NINE = re.compile("[A-Za-z0-9]{9}")


def with_ids(
    messages: Sequence[WireMessage], change: Callable[[str], str]
) -> Sequence[WireMessage]:
    return [
        replace(
            message,
            tool_call_id=None if message.tool_call_id is None else change(message.tool_call_id),
            tool_calls=message.tool_calls
            and tuple(replace(call, id=change(call.id)) for call in message.tool_calls),
        )
        for message in messages
    ]


def nine_letters(id: str) -> str:
    """The same for the same id, and most probably another for another."""
    if _NINE.fullmatch(id):
        return id
    number = int.from_bytes(hashlib.sha256(id.encode()).digest(), "big")
    letters: list[str] = []
    for _ in range(9):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)


def numbered(messages: Sequence[WireMessage], pattern: str) -> Sequence[WireMessage]:
    """Counts calls over the conversation; `pattern`: of `{name}` and `{index}`."""
    found: list[WireMessage] = []
    ids: dict[str, str] = {}
    index = 0
    for message in messages:
        for call in message.tool_calls or ():
            ids[call.id] = pattern.format(name=call.name, index=index)
            index += 1
        found += with_ids([message], lambda id: ids.get(id, id))
    return found


def count_calls(messages: Sequence[WireMessage]) -> int:
    return sum(len(message.tool_calls or ()) for message in messages)
