"""The arguments of calls in histories, which models wrote and clients kept."""

from __future__ import annotations

import json
from typing import Any, Literal, cast

Arguments = Literal["object", "text"]
"""What templates expect."""


def call_arguments(text: str, form: Arguments) -> Any:
    """Most templates go through the members of an object. What is none becomes the member
    `arguments` of one."""
    if text.strip() in ("", "null"):
        return "{}" if form == "text" else {}
    if form == "text":
        return text
    value = _decoded(text)
    if isinstance(value, str):
        value = _decoded(value)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"arguments": value}


def object_text(text: str) -> str:
    """The JSON of an object: as it was written where it is one."""
    if isinstance(_decoded(text), dict):
        return text
    return json.dumps(call_arguments(text, "object"), ensure_ascii=False)


def _decoded(text: str) -> Any:
    """Text that is no JSON stays text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
